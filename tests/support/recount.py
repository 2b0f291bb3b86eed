"""What an explanation counts, again in plain Python from the raw events; the scores are the oracle's."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pantau.contracts.events import LabelledComment, MetricsObserved, PostObserved
from tests.support.oracle import (
    JAKARTA,
    SPANS,
    Happening,
    Oracle,
    _above_cap,
    _copies,
    _in_force,
    _post_key,
    _single_words,
)

Within = Callable[[str | None, datetime], bool]
REASONS = ("deleted", "by_account", "on_giveaways", "above_cap", "copied_text", "one_word", "counted")


@dataclass(frozen=True)
class Recount:
    """One account on one platform, in what `within` says of a post id and an instant."""

    oracle: Oracle
    account_id: str
    platform: str
    within: Within

    def _own(self, events: dict[Any, Any]) -> list[Any]:
        return [
            e for e in events.values() if (e.account_id, e.platform.value) == (self.account_id, self.platform)
        ]

    def posts(self, start: datetime, until: datetime) -> dict[str, int]:
        """Of those published from `start` to `until`."""
        days: dict[Any, list[PostObserved]] = defaultdict(list)
        counts: Counter[str] = Counter()
        for post in self._own(self.oracle.posts):
            if post.deleted:
                counts["posts_deleted"] += start <= post.published_at < until
            else:
                days[post.published_at.astimezone(JAKARTA).date()].append(post)
        for day in days.values():
            day.sort(key=lambda p: (p.published_at, p.post_id.encode()))
            for post in day[self.oracle.rules["max_posts_per_day"] :]:
                counts["posts_above_daily_limit"] += start <= post.published_at < until
        return {name: counts[name] for name in ("posts_deleted", "posts_above_daily_limit")}

    def comments(self) -> dict[str, int]:
        counts = Counter(
            self._reason(comment)
            for comment in self._own(self.oracle.comments)
            if self.within(comment.post_id, comment.created_at)
        )
        return {f"comments_{reason}": counts[reason] for reason in REASONS} | {
            "comments_seen": counts.total()
        }

    def _reason(self, comment: LabelledComment) -> str:
        post = self.oracle.posts.get(_post_key(comment))
        if comment.deleted:
            return "deleted"
        if comment.by_account:
            return "by_account"
        if post and post.giveaway:
            return "on_giveaways"
        return self._stopped(comment) if comment.post_id is not None else "counted"

    def _stopped(self, comment: LabelledComment) -> str:
        """The first guard that stops it, as the oracle has each."""
        key, rules = _post_key(comment), self.oracle.rules["flags"]
        said = [
            other
            for other in self._own(self.oracle.comments)
            if other.post_id == comment.post_id and not other.deleted and not other.by_account
        ]
        said.sort(key=lambda c: (c.created_at, c.comment_id.encode()))
        reviews = [r for r in self.oracle.reviews.values() if _post_key(r) == key and r.verdict]
        verdict = {review.flag.value: review.verdict.value for review in reviews if review.verdict}
        cap = self.oracle.rules["max_comments_per_author_and_post"]
        guards = {
            "above_cap": verdict.get("repeated_author") != "overturned" and _above_cap(said, cap),
            "copied_text": _in_force(verdict.get("copied_text"), rules["copied_text"]["discount"])
            and _copies(said, rules["copied_text"]),
            "one_word": _in_force(verdict.get("one_word"), rules["one_word"]["discount"])
            and _single_words(said, rules["one_word"]),
        }
        stopping = [reason for reason, ids in guards.items() if ids and comment.comment_id in ids]
        return stopping[0] if stopping else "counted"

    def readings(self, metric: str) -> dict[str, Any]:
        by_post: dict[str, list[MetricsObserved]] = defaultdict(list)
        for reading in self._own(self.oracle.readings):
            if getattr(reading, metric) is not None:
                by_post[reading.post_id].append(reading)
        counts: Counter[str] = Counter()
        for post_id, readings in by_post.items():
            readings.sort(key=lambda r: r.observed_at)
            for before, reading in zip([None, *readings], readings, strict=False):
                if self.within(post_id, reading.observed_at):
                    counts.update(self._of_reading(before, reading, metric))
        return {
            "fallen": {"readings": counts["fallen"], "amount": counts["fallen_amount"]},
            "baselines": {"readings": counts["baselines"], "amount": counts["baseline_amount"]},
            "redefined": counts["redefined"],
        }

    def _of_reading(
        self, before: MetricsObserved | None, reading: MetricsObserved, metric: str
    ) -> dict[str, int]:
        value = getattr(reading, metric)
        if before is None:
            post = self.oracle.posts.get(_post_key(reading))
            account = self.oracle.accounts[reading.account_id]
            old = post is None or post.published_at < account.onboarded_at
            return {"baselines": 1, "baseline_amount": value} if old and value else {}
        if before.definition_version != reading.definition_version:
            return {"redefined": 1}
        fell = getattr(before, metric) - value
        return {"fallen": 1, "fallen_amount": fell} if fell > 0 else {}

    def raw_by_post(self) -> dict[str, Counter[str]]:
        """What each post brought; the id of comments without a post is empty."""
        raw: dict[str, Counter[str]] = defaultdict(Counter)
        for happening in self.oracle.happenings:
            mine = (happening.account_id, happening.platform) == (self.account_id, self.platform)
            if mine and self.within(happening.post_id, happening.at):
                raw[happening.post_id or ""].update(happening.adds)
        return raw


def in_window(window: str, at: datetime) -> tuple[Within, datetime, datetime]:
    until = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    start = until - SPANS[window]
    return (lambda _, instant: start <= instant < until), start, until


def in_month(oracle: Oracle, account_id: str, platform: str, month: str) -> tuple[Within, datetime, datetime]:
    start = datetime(int(month[:4]), int(month[5:]), 1, tzinfo=JAKARTA)
    until = (start + timedelta(days=32)).replace(day=1)

    def within(post_id: str | None, instant: datetime) -> bool:
        return oracle._month_of(Happening(account_id, platform, post_id, instant, {})) == month

    return within, start, until
