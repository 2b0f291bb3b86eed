"""Every score again, in plain Python from the raw events, written from the rules and not from the services.

It shares the event classes with the product and nothing else: no SQL, no buckets, no increments, no order.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from hashlib import blake2b
from itertools import groupby
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from pantau.contracts.events import (
    AccountRegistered,
    FlagReviewed,
    FollowersObserved,
    LabelCorrected,
    LabelledComment,
    MetricsObserved,
    PostObserved,
)
from pantau.contracts.fields import Label
from tests.support.oracle_formula import Figures, Formula

JAKARTA = ZoneInfo("Asia/Jakarta")
SPANS = {
    "1h": timedelta(hours=1),
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}


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
        self.reviews = _latest(
            [e for e in events if isinstance(e, FlagReviewed)], lambda e: (*_post_key(e), e.flag)
        )
        self.readings = _latest(
            [e for e in events if isinstance(e, MetricsObserved)], lambda e: (*_post_key(e), e.observed_at)
        )
        self.followers = _latest(
            [e for e in events if isinstance(e, FollowersObserved)],
            lambda e: (e.account_id, e.platform.value, e.observed_at),
        )
        self.formula = Formula(rules, self.accounts, list(self.followers.values()))
        self.happenings = [*self._gains(), *self._comments(), *self._publications()]

    def sliding(self, window: str, at: datetime) -> dict[str, dict[str, Any]]:
        until = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
        horizon = self._figures(lambda h: until - SPANS["30d"] <= h.at < until)
        span = self._figures(lambda h: until - SPANS[window] <= h.at < until)
        return self.formula.scores(span, horizon, until)

    def month(self, month: str, now: datetime | None = None) -> dict[str, dict[str, Any]]:
        """With `now` at or after its end, accounts with too few counted posts have no rank."""
        figures = self._figures(lambda h: self._month_of(h) == month)
        first_of_next = _first_of_next(int(month[:4]), int(month[5:]))
        minimum = self.rules["minimum_posts"] if now and now >= first_of_next else 0
        return self.formula.scores(figures, figures, first_of_next + timedelta(hours=72), minimum)

    def _month_of(self, happening: Happening) -> str | None:
        """The cohort: the post's month of publication until 72 h after its end; else the own month."""
        post = self.posts.get((happening.account_id, happening.platform, happening.post_id))
        if post is None:
            return f"{happening.at.astimezone(JAKARTA):%Y-%m}"
        local = post.published_at.astimezone(JAKARTA)
        first_of_next = _first_of_next(local.year, local.month)
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
                before: MetricsObserved | None = None
                for reading in sorted(readings, key=lambda r: r.observed_at):
                    value = getattr(reading, metric)
                    if value is None:
                        continue
                    if before is None:
                        gain = value if fresh else 0
                    elif before.definition_version != reading.definition_version:
                        gain = 0
                    else:
                        gain = max(0, value - getattr(before, metric))
                    before = reading
                    yield Happening(
                        key[0], key[1], key[2], reading.observed_at, {adds: gain}, f"{metric} readings"
                    )

    def _comments(self) -> Iterable[Happening]:
        by_post: dict[tuple[str, str, str | None], list[LabelledComment]] = defaultdict(list)
        for comment in self.comments.values():
            if not comment.deleted and not comment.by_account:
                by_post[_post_key(comment)].append(comment)
        for key, said in by_post.items():
            post = self.posts.get(key)
            giveaway = bool(post and post.giveaway)
            stopped = self._stopped(key, said) if key[2] is not None else set()
            for comment in said:
                label = self._label(comment)
                counts = not giveaway and comment.comment_id not in stopped
                adds = {"comments": 1, label.value: 1} if counts and label else {}
                yield Happening(*key, comment.created_at, adds, "comments")

    def _stopped(self, key: Any, said: list[LabelledComment]) -> set[str]:
        """Ids of a post's comments that a guard keeps from counting; each guard looks at all of them."""
        reviews = [r for r in self.reviews.values() if _post_key(r) == key]
        verdict = {r.flag.value: r.verdict.value for r in reviews if r.verdict}
        rules = self.rules["flags"]
        said = sorted(said, key=lambda c: (c.created_at, c.comment_id.encode()))
        stopped: set[str] = set()
        if verdict.get("repeated_author") != "overturned":
            stopped |= _above_cap(said, self.rules["max_comments_per_author_and_post"])
        if _in_force(verdict.get("copied_text"), rules["copied_text"]["discount"]):
            stopped |= _copies(said, rules["copied_text"])
        if _in_force(verdict.get("one_word"), rules["one_word"]["discount"]):
            stopped |= _single_words(said, rules["one_word"])
        return stopped

    def _label(self, comment: LabelledComment) -> Label | None:
        """A person's word over the model's; a correction without a label was withdrawn."""
        correction = self.corrections.get((*_post_key(comment), comment.comment_id))
        return correction.label if correction and correction.label else comment.label

    def answers(self) -> dict[tuple[str, str, str, datetime], tuple[int, int]]:
        """By post and minute: comments first answered by the account then, and their seconds of waiting."""
        first: dict[tuple[Any, str], datetime] = {}
        for comment in self.comments.values():
            if comment.by_account and comment.parent_id and not comment.deleted:
                asked = (_post_key(comment), comment.parent_id)
                first[asked] = min(first.get(asked, comment.created_at), comment.created_at)
        found: dict[tuple[str, str, str, datetime], tuple[int, int]] = defaultdict(lambda: (0, 0))
        for comment in self.comments.values():
            at = first.get((_post_key(comment), comment.comment_id))
            if at and not comment.by_account:
                account, platform, post = _post_key(comment)
                minute = (account, platform, post or "", at.replace(second=0, microsecond=0))
                count, seconds = found[minute]
                waited = max(0, int((at - comment.created_at).total_seconds()))
                found[minute] = (count + 1, seconds + waited)
        return dict(found)

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


def _first_of_next(year: int, month: int) -> datetime:
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=JAKARTA)


def _in_force(verdict: str | None, discount: bool) -> bool:
    """A person's verdict over the rule's own word."""
    return verdict == "upheld" or (discount and verdict is None)


def _above_cap(said: list[LabelledComment], most: int) -> set[str]:
    by_author: dict[str, list[str]] = defaultdict(list)
    for comment in said:
        if comment.author:
            by_author[comment.author].append(comment.comment_id)
    return {name for names in by_author.values() for name in names[most:]}


def _copies(said: list[LabelledComment], rule: dict[str, Any]) -> set[str]:
    by_text: dict[frozenset[str], list[LabelledComment]] = defaultdict(list)
    for comment in said:
        by_text[_words(comment.text)].append(comment)
    copied = [
        copies
        for text, copies in by_text.items()
        if len(text) >= rule["words"] and len({c.author for c in copies if c.author}) >= rule["authors"]
    ]
    return {comment.comment_id for copies in copied for comment in copies[1:]}


def _single_words(said: list[LabelledComment], rule: dict[str, Any]) -> set[str]:
    short = {comment.comment_id for comment in said if len(_words(comment.text)) <= 1}
    flagged = Fraction(len(short), len(said)) >= Fraction(str(rule["share"]))
    return short if flagged and len(said) >= rule["comments"] else set()


def _words(text: str) -> frozenset[str]:
    """The different words of a text, lengthened letters made single, without mentions and masked data."""
    found: set[str] = set()
    for part in normalize("NFKC", text).split():
        if not part.startswith("@") and part not in ("[akun]", "[email]", "[nik]", "[plat]", "[telepon]"):
            seen = [c for c in part.casefold() if c not in "\u200b\u200d\ufe0f"]
            spaced = "".join(c if c.isalnum() else " " for c in seen)
            found |= {_single_letters(word) for word in spaced.split()}
    return frozenset(found)


def _single_letters(word: str) -> str:
    return "".join(c if c.isalpha() else c * len(list(run)) for c, run in groupby(word))


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
    elif isinstance(event, FlagReviewed):
        said_at = event.reviewed_at
    else:
        said_at = event.corrected_at if isinstance(event, LabelCorrected) else event.observed_at
    return (
        said_at,
        getattr(event, "deleted", False),
        getattr(event, "labelled_at", datetime(1970, 1, 1, tzinfo=UTC)),
        int.from_bytes(blake2b(content, digest_size=3).digest()) >> 3,  # the documented tie break
    )
