"""Flags, cached, and reviews of them: written to Kafka (acknowledged), read from what scoring stored."""

import asyncio
from datetime import timedelta
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient
from pydantic import BaseModel, ConfigDict, Field

from pantau.analytics.flags import models as schemas
from pantau.analytics.flags import queries
from pantau.analytics.flags.listing import FlagsWanted, read_flags, read_raised
from pantau.analytics.flags.models import EXAMPLES
from pantau.analytics.keyset import Place
from pantau.contracts import topics
from pantau.contracts.codec import encode
from pantau.contracts.events import FlagReviewed
from pantau.contracts.fields import (
    MAX_REASON_CHARACTERS,
    AccountId,
    Flag,
    Identifier,
    Platform,
    Reason,
    Verdict,
)
from pantau.masking.text import mask
from pantau.runtime.http import Problem
from pantau.runtime.kafka.publisher import Record
from services.api.dependencies import Dependencies
from services.api.http.cache import Answer, Cache
from services.api.http.response import Rendered, render

TTL_SECONDS = 2.0
_INSTANT = timedelta(microseconds=1)
ASKED: dict[str, Any] = {
    name: value for name, value in EXAMPLES["review"].items() if name not in ("reviewed_by", "reviewed_at")
}


class ReviewAsked(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [ASKED]})

    account_id: AccountId
    platform: Platform
    post_id: Identifier
    flag: Flag
    verdict: Verdict | None = Field(description="null withdraws: the rule decides again")
    reason: Reason = Field("", description="In short, and without naming anybody; kept for ever")


class Flags:
    def __init__(self, shared: Dependencies) -> None:
        self._database = shared.database
        self._publisher = shared.publisher
        self._rules = shared.rules
        self._clock = shared.clock
        self._lists: Cache[Rendered[schemas.Flags]] = Cache(TTL_SECONDS, 16, shared.clock)
        self._pages: Cache[Rendered[schemas.FlagReviews]] = Cache(0.5, 8, shared.clock)

    async def listed(self, wanted: FlagsWanted) -> Answer[Rendered[schemas.Flags]]:
        return await self._lists.get(wanted, lambda: self._list(wanted))

    async def reviews(self, before: Place | None, limit: int) -> Answer[Rendered[schemas.FlagReviews]]:
        return await self._pages.get((before, limit), lambda: self._read_reviews(before, limit))

    async def review(self, asked: ReviewAsked, by: str) -> schemas.FlagReview:
        """Once Kafka has it. Raises Problem 404 and 409, and RetryableError."""
        last = await self._database.ask(lambda client: self._reviewable(client, asked))
        at = self._clock()
        if last is not None:  # the later word holds, even where clocks differ
            at = max(at, last.reviewed_at + _INSTANT)
        reason = mask(asked.reason)[:MAX_REASON_CHARACTERS]
        said = asked.model_dump() | {"reason": reason, "reviewed_by": by, "reviewed_at": at}
        event = FlagReviewed.model_validate(said)
        await self._publisher.publish([Record(topics.CORRECTIONS, event.account_id.encode(), encode(event))])
        return schemas.FlagReview(**event.model_dump(exclude={"type", "schema_version"}))

    async def _reviewable(self, client: AsyncClient, asked: ReviewAsked) -> schemas.FlagReview | None:
        """The flag's last review, if it has one. Where it is not raised, that can only be withdrawn."""
        post = (asked.account_id, asked.platform, asked.post_id)
        found, known, reviewed = await asyncio.gather(
            read_raised(client, queries.one(post), asked.account_id, asked.flag, self._rules),
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

    async def _list(self, wanted: FlagsWanted) -> Rendered[schemas.Flags]:
        now = self._clock()
        return render(await self._database.ask(lambda client: read_flags(client, wanted, now, self._rules)))

    async def _read_reviews(self, before: Place | None, limit: int) -> Rendered[schemas.FlagReviews]:
        return render(await self._database.ask(lambda client: queries.read_audit(client, before, limit)))
