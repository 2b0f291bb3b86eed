"""Flags on posts' comments, and what people decide: written to Kafka, read from what scoring stored."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics import keyset
from pantau.analytics.database import Database
from pantau.analytics.flags import models as schemas
from pantau.analytics.flags import queries
from pantau.analytics.flags.evidence import audited, raised_flag
from pantau.analytics.flags.rows import Looked, PostKey, Raised, Review
from pantau.analytics.keyset import Place
from pantau.analytics.period import Period
from pantau.contracts import topics
from pantau.contracts.codec import encode
from pantau.contracts.events import FlagReviewed
from pantau.contracts.fields import MAX_REASON_CHARACTERS, Flag
from pantau.masking.text import mask
from pantau.runtime.clock import Clock
from pantau.runtime.http import Problem
from pantau.runtime.kafka.publisher import Publish, Record
from pantau.score.rules import Rules
from pantau.score.windows import Span, Window, month_span, sliding_span
from services.api.http.cache import Answer, Cache
from services.api.http.response import Rendered, render

TTL_SECONDS = 2.0
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """`flag` None: all of them; `new_authors` only where an account is named."""

    period: Period
    account_id: str | None
    flag: Flag | None
    limit: int


class Flags:
    def __init__(self, database: Database, publish: Publish, rules: Rules, clock: Clock) -> None:
        self._database = database
        self._publish = publish
        self._rules = rules
        self._clock = clock
        self._lists: Cache[Rendered[schemas.Flags]] = Cache(TTL_SECONDS, 16, clock)
        self._pages: Cache[Rendered[schemas.FlagReviews]] = Cache(0.5, 8, clock)

    async def listed(self, wanted: Wanted) -> Answer[Rendered[schemas.Flags]]:
        return await self._lists.get(wanted, lambda: self._list(wanted))

    async def reviews(self, before: Place | None, limit: int) -> Answer[Rendered[schemas.FlagReviews]]:
        return await self._pages.get((before, limit), lambda: self._read_reviews(before, limit))

    async def review(self, asked: schemas.ReviewAsked, by: str) -> schemas.FlagReview:
        """Once Kafka has it. Raises Problem 404 and 409, and RetryableError."""
        last = await self._database.ask(lambda client: self._reviewable(client, asked))
        at = self._clock()
        if last is not None:  # the later word holds, even where clocks differ
            at = max(at, last.reviewed_at + _INSTANT)
        reason = mask(asked.reason)[:MAX_REASON_CHARACTERS]
        said = asked.model_dump() | {"reason": reason, "reviewed_by": by, "reviewed_at": at}
        event = FlagReviewed.model_validate(said)
        await self._publish([Record(topics.CORRECTIONS, event.account_id.encode(), encode(event))])
        return schemas.FlagReview(**event.model_dump(exclude={"type", "schema_version"}))

    async def _reviewable(self, client: AsyncClient, asked: schemas.ReviewAsked) -> Review | None:
        """The flag's last review, if it has one. Where it is not raised, that can only be withdrawn."""
        post = (asked.account_id, asked.platform, asked.post_id)
        found, known, reviewed = await asyncio.gather(
            self._raised(client, queries.one(post), asked.account_id, asked.flag),
            queries.posts(client, [post], self._rules),
            queries.verdicts(client, [post]),
        )
        last = reviewed.get((post, asked.flag))
        if post not in known:
            raise Problem(404, f"no comments on post {asked.post_id!r} of {asked.account_id!r} are stored")
        if found or (asked.verdict is None and last is not None):
            return last
        raise Problem(
            409, f"the rules do not raise {asked.flag} on this post; GET /v1/flags lists what they do"
        )

    async def _raised(
        self, client: AsyncClient, touched: queries.Touched, account_id: str | None, flag: Flag | None
    ) -> list[Raised]:
        found: list[Raised] = []
        if flag is not Flag.NEW_AUTHORS:
            found += await queries.raised(client, touched, self._rules)
        if account_id is not None and flag in (None, Flag.NEW_AUTHORS):
            found += await queries.new_authors(client, account_id, touched, self._rules)
        return [each for each in found if flag in (None, each.flag)]

    async def _list(self, wanted: Wanted) -> Rendered[schemas.Flags]:
        span = self._span(wanted.period)
        looked = queries.looked(Looked(span, wanted.period.month, wanted.account_id))
        flags = await self._database.ask(lambda client: self._read(client, looked, wanted))
        flags.sort(key=lambda f: (-f.comments_not_counted, -f.evidence.comments, *_identity(f)))
        month, window = wanted.period.month, wanted.period.window
        return render(
            schemas.Flags(
                window=None if window is Window.MONTH else window.value,
                month=f"{month:%Y-%m}" if month else None,
                starts_at=span.start,
                ends_at=span.until,
                rules_version=self._rules.version,
                flags=flags[: wanted.limit],
                more=len(flags) > wanted.limit,
            )
        )

    async def _read(
        self, client: AsyncClient, looked: queries.Touched, wanted: Wanted
    ) -> list[schemas.RaisedFlag]:
        found = await self._raised(client, looked, wanted.account_id, wanted.flag)
        if not found:
            return []
        of: list[PostKey] = sorted({each.post for each in found})
        posts, reviewed = await asyncio.gather(
            queries.posts(client, of, self._rules), queries.verdicts(client, of)
        )
        return [
            raised_flag(each, posts[each.post], reviewed.get((each.post, each.flag)), self._rules)
            for each in found
            if each.post in posts
        ]

    def _span(self, period: Period) -> Span:
        if period.month is not None:
            return month_span(period.month)
        return sliding_span(period.window, period.at or self._clock())

    async def _read_reviews(self, before: Place | None, limit: int) -> Rendered[schemas.FlagReviews]:
        found = await self._database.ask(lambda client: queries.audit(client, before, limit + 1))
        following = keyset.encode(_place(found[limit - 1])) if len(found) > limit else None
        return render(
            schemas.FlagReviews(reviews=[audited(review) for review in found[:limit]], next=following)
        )


def _identity(flag: schemas.RaisedFlag) -> tuple[str, str, str, str]:
    return flag.account_id, flag.platform.value, flag.post_id, flag.flag.value


def _place(review: Review) -> Place:
    """The flag stands where a comment's id does."""
    account_id, platform, post_id = review.post
    return Place(
        keyset.microseconds(review.reviewed_at), account_id, platform.value, post_id, review.flag.value
    )
