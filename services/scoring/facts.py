"""Events to fact rows. Pure: one event gives one row of each of its tables."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from services.contracts.events import (
    AccountRegistered,
    FollowersObserved,
    LabelCorrected,
    LabelledComment,
    MetricsObserved,
    PostObserved,
)
from services.contracts.precedence import precedence

FactEvent = (
    AccountRegistered | PostObserved | MetricsObserved | FollowersObserved | LabelledComment | LabelCorrected
)
Row = tuple[Any, ...]
PostKey = tuple[str, str, str]  # account, platform, post id; the id is empty for comments without a post

_OBSERVED = ("observed_at", "received_at", "simulated")
_CORRECTION = (
    *("account_id", "platform", "post_id", "comment_id", "label", "corrected_by", "reason", "corrected_at"),
    "version",
)
COLUMNS: dict[str, tuple[str, ...]] = {
    "accounts": (
        *("account_id", "name", "short_name", "kind", "active", "onboarded_at", "registered_at"),
        "version",
    ),
    "posts": (
        *("account_id", "platform", "post_id", "published_at", "kind", "text", "permalink"),
        *("giveaway", "boosted", "deleted", *_OBSERVED, "version"),
    ),
    "metric_readings": (
        *("account_id", "platform", "post_id", "views", "likes", "comments", "shares", "saves"),
        *("definition_version", *_OBSERVED, "version"),
    ),
    "follower_readings": ("account_id", "platform", "followers", *_OBSERVED, "version"),
    "comments": (
        *("account_id", "platform", "post_id", "comment_id", "parent_id", "author", "by_account", "text"),
        *(
            "created_at",
            "deleted",
            "label",
            "negative",
            "neutral",
            "positive",
            "model_version",
            "labelled_at",
        ),
        *(*_OBSERVED, "version"),
    ),
    "label_corrections": _CORRECTION,
    "label_audit": _CORRECTION,
}
_TABLES: dict[type[FactEvent], tuple[str, ...]] = {
    AccountRegistered: ("accounts",),
    PostObserved: ("posts",),
    MetricsObserved: ("metric_readings",),
    FollowersObserved: ("follower_readings",),
    LabelledComment: ("comments",),
    LabelCorrected: ("label_corrections", "label_audit"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """A batch's rows by table, and what they touch."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    posts: set[PostKey] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    calendars: set[tuple[str, str]] = field(default_factory=set)  # account and platform with post events


def facts(events: Iterable[FactEvent]) -> Facts:
    batch = Facts()
    for event in events:
        for table in _TABLES[type(event)]:
            batch.rows[table].append(_row(event, COLUMNS[table]))
        match event:
            case AccountRegistered():
                batch.accounts.add(event.account_id)
            case PostObserved():
                batch.posts.add((event.account_id, event.platform.value, event.post_id))
                batch.calendars.add((event.account_id, event.platform.value))
            case MetricsObserved() | LabelledComment() | LabelCorrected():
                batch.posts.add((event.account_id, event.platform.value, event.post_id or ""))
            case FollowersObserved():
                pass
    return batch


def _row(event: FactEvent, columns: tuple[str, ...]) -> Row:
    return tuple(_value(event, column) for column in columns)


def _value(event: FactEvent, column: str) -> Any:
    """The column's value; text columns know no null, an empty string stands for none."""
    if column == "version":
        return precedence(event)
    if column in ("negative", "neutral", "positive"):
        probabilities = getattr(event, "probabilities", None)
        return getattr(probabilities, column) if probabilities else 0.0
    value = getattr(event, column)
    if value is None and not isinstance(event, MetricsObserved):
        return ""
    return value
