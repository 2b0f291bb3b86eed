"""Events to fact rows. Pure: one event gives one row of each of its tables."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from pantau.contracts.events import (
    AccountRegistered,
    FlagReviewed,
    FollowersObserved,
    LabelCorrected,
    LabelledComment,
    MetricsObserved,
    PostObserved,
)
from pantau.contracts.precedence import precedence
from pantau.score.fingerprints import fingerprint

FactEvent = (
    AccountRegistered
    | PostObserved
    | MetricsObserved
    | FollowersObserved
    | LabelledComment
    | LabelCorrected
    | FlagReviewed
)
Row = tuple[Any, ...]
PostKey = tuple[str, str, str]  # account, platform, post id; the id is empty for comments without a post

_OBSERVED = ("observed_at", "received_at", "simulated")
_PROBABILITIES = ("negative", "neutral", "positive")
_PRINT = ("text_print", "words")
_CORRECTION = (
    *("account_id", "platform", "post_id", "comment_id", "label", "corrected_by", "reason", "corrected_at"),
    *("text_digest", "version"),
)
_REVIEW = (
    *("account_id", "platform", "post_id", "flag", "verdict", "reviewed_by", "reason", "reviewed_at"),
    "version",
)
# The event's own fields first, then what is computed from it.
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
        *("created_at", "deleted", "label", "model_version", "labelled_at"),
        *(*_OBSERVED, "version", *_PROBABILITIES, *_PRINT),
    ),
    "label_corrections": _CORRECTION,
    "label_audit": _CORRECTION,
    "flag_reviews": _REVIEW,
    "flag_audit": _REVIEW,
}
_TABLES: dict[type[FactEvent], tuple[str, ...]] = {
    AccountRegistered: ("accounts",),
    PostObserved: ("posts",),
    MetricsObserved: ("metric_readings",),
    FollowersObserved: ("follower_readings",),
    LabelledComment: ("comments",),
    LabelCorrected: ("label_corrections", "label_audit"),
    FlagReviewed: ("flag_reviews", "flag_audit"),
}
_OWN = {table: attrgetter(*columns[: columns.index("version")]) for table, columns in COLUMNS.items()}


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
            batch.rows[table].append(_row(event, table))
        match event:
            case AccountRegistered():
                batch.accounts.add(event.account_id)
            case PostObserved():
                batch.posts.add((event.account_id, event.platform.value, event.post_id))
                batch.calendars.add((event.account_id, event.platform.value))
            case MetricsObserved() | LabelledComment() | LabelCorrected() | FlagReviewed():
                batch.posts.add((event.account_id, event.platform.value, event.post_id or ""))
            case FollowersObserved():
                pass
    return batch


def _row(event: FactEvent, table: str) -> Row:
    """In the order of COLUMNS. Text columns know no null, an empty string stands for none."""
    own: Row = _OWN[table](event)
    if isinstance(event, MetricsObserved):
        return (*own, precedence(event))
    given = ["" if value is None else value for value in own]
    if isinstance(event, LabelledComment):
        said = event.probabilities
        probabilities = (said.negative, said.neutral, said.positive) if said else (0.0, 0.0, 0.0)
        return (*given, precedence(event), *probabilities, *fingerprint(event.text))
    return (*given, precedence(event))
