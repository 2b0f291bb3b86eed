"""Every score again, in plain Python from the raw events, written from the rules and not from the services.

It shares the event classes with the product and nothing else: no SQL, no buckets, no increments, no order.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from services.contracts.events import (
    AccountRegistered,
    LabelCorrected,
    LabelledComment,
    MetricsObserved,
    PostObserved,
)
from services.contracts.fields import Label

JAKARTA = ZoneInfo("Asia/Jakarta")
METRICS = ("views", "posts", "comments", "likes")
SPANS = {
    "1h": timedelta(hours=1),
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}


@dataclass
class Figures:
    """What one account gained on one platform in one span."""

    views: int = 0
    likes: int = 0
    comments: int = 0
    comments_reported: int = 0
    posts: int = 0
    positive: int = 0
    neutral: int = 0
    negative: int = 0
    gives: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Happening:
    """One countable thing: when, on which post, and what it adds."""

    account_id: str
    platform: str
    post_id: str | None
    at: datetime
    adds: dict[str, int]
    gives: str | None = None


class Oracle:
    """All windows of all accounts from a bag of events, in any order, with any duplicates."""

    def __init__(self, events: Iterable[Any], rules: dict[str, Any]) -> None:
        self.rules = rules
        events = list(events)
        self.accounts = _latest(
            [e for e in events if isinstance(e, AccountRegistered)], lambda e: e.account_id
        )
        self.posts = _latest([e for e in events if isinstance(e, PostObserved)], _post_key)
        self.comments = _latest(
            [e for e in events if isinstance(e, LabelledComment)], lambda e: (*_post_key(e), e.comment_id)
        )
        self.corrections = _latest(
            [e for e in events if isinstance(e, LabelCorrected)], lambda e: (*_post_key(e), e.comment_id)
        )
        self.readings = _latest(
            [e for e in events if isinstance(e, MetricsObserved)], lambda e: (*_post_key(e), e.observed_at)
        )
        self.happenings = [*self._gains(), *self._comments(), *self._publications()]

    def sliding(self, window: str, at: datetime) -> dict[str, dict[str, Any]]:
        until = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
        horizon = self._figures(lambda h: until - SPANS["30d"] <= h.at < until)
        span = self._figures(lambda h: until - SPANS[window] <= h.at < until)
        return self._scores(span, horizon)

    def month(self, month: str) -> dict[str, dict[str, Any]]:
        figures = self._figures(lambda h: self._month_of(h) == month)
        return self._scores(figures, figures)

    def _month_of(self, happening: Happening) -> str | None:
        """The cohort: the post's month of publication until 72 h after its end; else the own month."""
        post = self.posts.get((happening.account_id, happening.platform, happening.post_id))
        if post is None:
            return f"{happening.at.astimezone(JAKARTA):%Y-%m}"
        local = post.published_at.astimezone(JAKARTA)
        first_of_next = datetime(local.year + local.month // 12, local.month % 12 + 1, 1, tzinfo=JAKARTA)
        minute = happening.at.replace(second=0, microsecond=0)
        return f"{local:%Y-%m}" if minute < first_of_next + timedelta(hours=72) else None

    def _gains(self) -> Iterable[Happening]:
        by_post: dict[Any, list[MetricsObserved]] = defaultdict(list)
        for reading in self.readings.values():
            by_post[_post_key(reading)].append(reading)
        for key, readings in by_post.items():
            post, account = self.posts.get(key), self.accounts.get(key[0])
            fresh = bool(post and account and post.published_at >= account.onboarded_at)
            for metric in ("views", "likes", "comments"):
                adds = "comments_reported" if metric == "comments" else metric
                before: int | None = None
                for reading in sorted(readings, key=lambda r: r.observed_at):
                    value = getattr(reading, metric)
                    if value is None:
                        continue
                    first = value if fresh else 0
                    gain = first if before is None else max(0, value - before)
                    before = value
                    yield Happening(
                        key[0], key[1], key[2], reading.observed_at, {adds: gain}, f"{metric} readings"
                    )

    def _comments(self) -> Iterable[Happening]:
        groups: dict[Any, list[LabelledComment]] = defaultdict(list)
        for comment in self.comments.values():
            if not comment.deleted and not comment.by_account:
                alone = comment.post_id is None or comment.author is None
                groups[(*_post_key(comment), comment.comment_id if alone else comment.author, alone)].append(
                    comment
                )
        for group in groups.values():
            group.sort(key=lambda c: (c.created_at, c.comment_id.encode()))
            for place, comment in enumerate(group, 1):
                post = self.posts.get(_post_key(comment))
                counts = place <= self.rules["max_comments_per_author_and_post"] and not (
                    post and post.giveaway
                )
                label = self._label(comment)
                adds = {"comments": 1, label.value: 1} if counts and label else {}
                yield Happening(*_post_key(comment), comment.created_at, adds, "comments")

    def _label(self, comment: LabelledComment) -> Label | None:
        """A person's word over the model's; a correction without a label was withdrawn."""
        correction = self.corrections.get((*_post_key(comment), comment.comment_id))
        return correction.label if correction and correction.label else comment.label

    def _publications(self) -> Iterable[Happening]:
        days: dict[Any, list[PostObserved]] = defaultdict(list)
        for post in self.posts.values():
            if not post.deleted:
                days[(post.account_id, post.platform, post.published_at.astimezone(JAKARTA).date())].append(
                    post
                )
        for posts in days.values():
            posts.sort(key=lambda p: (p.published_at, p.post_id.encode()))
            for post in posts[: self.rules["max_posts_per_day"]]:
                yield Happening(*_post_key(post), post.published_at, {"posts": 1})

    def _figures(self, within: Any) -> dict[tuple[str, str], Figures]:
        figures: dict[tuple[str, str], Figures] = defaultdict(Figures)
        for happening in self.happenings:
            if within(happening):
                one = figures[happening.account_id, happening.platform]
                for name, amount in happening.adds.items():
                    setattr(one, name, getattr(one, name) + amount)
                if happening.gives:
                    one.gives.add(happening.gives)
        return figures

    def _scores(
        self, span: dict[tuple[str, str], Figures], horizon: dict[tuple[str, str], Figures]
    ) -> dict[str, dict[str, Any]]:
        active = sorted(a.account_id for a in self.accounts.values() if a.active)
        raw: dict[tuple[str, str], dict[str, int]] = {}
        for key, known in horizon.items():
            if key[0] in active and (known.gives or known.posts) and self.rules["platforms"][key[1]] > 0:
                raw[key] = _given(span.get(key, Figures()), known)
        shares = {
            (key, metric): self._share(raw, key, metric) for key, given in raw.items() for metric in given
        }
        scores = {account: self._account(account, raw, shares, span) for account in active}
        for score in scores.values():
            if score["score"] is not None and score["completeness"] >= self.rules["minimum_completeness"]:
                better = [
                    s
                    for s in scores.values()
                    if s["score"] is not None
                    and s["completeness"] >= self.rules["minimum_completeness"]
                    and s["score"] > score["score"]
                ]
                score["rank"] = len(better) + 1
        return scores

    def _share(self, raw: dict[tuple[str, str], dict[str, int]], key: tuple[str, str], metric: str) -> float:
        peers = [given[metric] for k, given in raw.items() if k[1] == key[1] and metric in given]
        value = raw[key][metric]
        if self.rules["normaliser"] == "share_of_max":
            return value / max(peers) if max(peers) else 0.0
        logs = sorted(math.log1p(peer) for peer in peers)
        low, high = _percentile(logs, 0.05), _percentile(logs, 0.95)
        if low == high:
            low, high = logs[0], logs[-1]
        if low == high:
            return 1.0 if value else 0.0
        return (min(max(math.log1p(value), low), high) - low) / (high - low)

    def _account(self, account: str, raw: Any, shares: Any, span: Any) -> dict[str, Any]:
        weights, platforms = self.rules["weights"], self.rules["platforms"]
        own = {key: given for key, given in raw.items() if key[0] == account}
        total = sum(platforms[key[1]] for key in sorted(own))
        points: dict[str, float | None] = {}
        for metric in METRICS:
            parts = [
                (100 * weights[metric] * shares[key, metric] / sum(weights[m] for m in METRICS if m in given))
                * platforms[key[1]]
                for key, given in sorted(own.items())
                if metric in given
            ]
            points[metric] = round(sum(parts) / total, 4) if parts else None
        complete = sum(
            sum(weights[m] for m in METRICS if m in given) * platforms[key[1]]
            for key, given in sorted(own.items())
        )
        figures = [f for key, f in span.items() if key[0] == account]
        return {
            "score": round(sum(p for p in points.values() if p is not None), 4) if own else None,
            "rank": None,
            "completeness": round(complete / total, 4) if total else 0.0,
            "points": points,
            "raw": {
                m: sum(given[m] for given in own.values() if m in given)
                if any(m in given for given in own.values())
                else None
                for m in METRICS
            },
            "sentiment": tuple(
                sum(getattr(f, name) for f in figures) for name in ("positive", "neutral", "negative")
            ),
        }


def _given(span: Figures, horizon: Figures) -> dict[str, int]:
    given = {"posts": span.posts}
    if "views readings" in horizon.gives:
        given["views"] = span.views
    if "likes readings" in horizon.gives:
        given["likes"] = span.likes
    if "comments" in horizon.gives:
        given["comments"] = span.comments
    elif "comments readings" in horizon.gives:
        given["comments"] = span.comments_reported
    return given


def _percentile(ordered: list[float], share: float) -> float:
    position = share * (len(ordered) - 1)
    lower = ordered[math.floor(position)]
    upper = ordered[math.ceil(position)]
    return lower + (upper - lower) * (position - math.floor(position))


def _post_key(event: Any) -> tuple[str, str, str | None]:
    return event.account_id, event.platform.value, event.post_id


def _latest(events: list[Any], identity: Any) -> dict[Any, Any]:
    """The observation of each thing that holds: the later one, then the deletion, then the later label."""
    chosen: dict[Any, Any] = {}
    for event in events:
        key = identity(event)
        if key not in chosen or _order(event) > _order(chosen[key]):
            chosen[key] = event
    return chosen


def _order(event: Any) -> tuple[Any, ...]:
    content = event.model_dump_json(exclude={"received_at", "labelled_at", "relabelled"}).encode()
    if isinstance(event, AccountRegistered):
        said_at = event.registered_at
    else:
        said_at = event.corrected_at if isinstance(event, LabelCorrected) else event.observed_at
    return (
        said_at,
        getattr(event, "deleted", False),
        getattr(event, "labelled_at", datetime(1970, 1, 1, tzinfo=UTC)),
        int.from_bytes(blake2b(content, digest_size=3).digest()) >> 3,  # the documented tie break
    )
