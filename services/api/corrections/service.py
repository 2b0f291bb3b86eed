"""Corrections of labels: written to Kafka (acknowledged), read from what scoring stored."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field

from pantau.analytics.corrections import models, queries
from pantau.analytics.corrections.queries import Example, Target
from pantau.analytics.keyset import Place
from pantau.contracts import topics
from pantau.contracts.codec import encode
from pantau.contracts.events import LabelCorrected
from pantau.contracts.fields import MAX_REASON_CHARACTERS, Label, Platform, Reason
from pantau.masking.text import mask
from pantau.runtime.http import Problem
from pantau.runtime.kafka.publisher import Record
from services.api.dependencies import Dependencies
from services.api.http.cache import Answer, Cache
from services.api.http.response import Rendered, render

EXPORT_PAGE = 1000
_INSTANT = timedelta(microseconds=1)


ASKED: dict[str, Any] = {"label": "negative", "reason": "sindiran"}


class CorrectionAsked(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [ASKED]})

    label: Label | None = Field(description="null withdraws: the model's label holds again")
    reason: Reason = Field("", description="In short, and without naming anybody; kept for ever")


class Corrections:
    def __init__(self, shared: Dependencies) -> None:
        self._database = shared.database
        self._publisher = shared.publisher
        self._clock = shared.clock
        self._pages: Cache[Rendered[models.Corrections]] = Cache(0.5, 8, shared.clock)

    async def correct(
        self, asked: CorrectionAsked, by: str, comment_id: str, **wanted: str | None
    ) -> models.Correction:
        """Once Kafka has it. `wanted` names the comment where several have the id: account, platform, post.

        Raises Problem 404 and 409, and RetryableError.
        """
        target = await self._find(comment_id, wanted)
        at = self._clock()
        if target.corrected_at is not None:  # the later word holds, even where clocks differ
            at = max(at, target.corrected_at + _INSTANT)
        event = LabelCorrected(
            account_id=target.account_id,
            platform=Platform(target.platform),
            post_id=target.post_id or None,
            comment_id=target.comment_id,
            label=asked.label,
            corrected_by=by,
            reason=mask(asked.reason)[:MAX_REASON_CHARACTERS],
            text_digest=target.text_digest,
            corrected_at=at,
        )
        await self._publisher.publish([Record(topics.CORRECTIONS, event.account_id.encode(), encode(event))])
        said = event.model_dump(exclude={"type", "schema_version", "text_digest"})
        return models.Correction(**said, model_label=target.model_label or None)

    async def page(self, before: Place | None, limit: int) -> Answer[Rendered[models.Corrections]]:
        return await self._pages.get((before, limit), lambda: self._read(before, limit))

    async def export(self) -> AsyncIterator[bytes]:
        """Pages of NDJSON: the corrections that hold and whose text is still there and the same."""
        last: Example | None = None
        while True:
            found = await self._examples(last)
            yield b"".join(_line(example) for example in found if example.text)
            if len(found) < EXPORT_PAGE:
                return
            last = found[-1]

    async def _examples(self, after: Example | None) -> list[Example]:
        return await self._database.ask(lambda client: queries.read_examples(client, after, EXPORT_PAGE))

    async def _find(self, comment_id: str, wanted: dict[str, str | None]) -> Target:
        found = await self._database.ask(lambda client: queries.read_targets(client, comment_id, **wanted))
        if not found:
            raise Problem(404, f"no comment {comment_id!r} that is not deleted")
        if len(found) > 1:
            raise _ambiguous(comment_id, found)
        return found[0]

    async def _read(self, before: Place | None, limit: int) -> Rendered[models.Corrections]:
        return render(await self._database.ask(lambda client: queries.read_audit(client, before, limit)))


def _ambiguous(comment_id: str, found: list[Target]) -> Problem:
    listed = found[: queries.MOST_CANDIDATES]
    count = str(len(found)) if len(found) == len(listed) else f"More than {len(listed)}"
    return Problem(
        409,
        f"{count} comments have the id {comment_id!r}; name one by account, platform and post",
        candidates=[
            {"account": each.account_id, "platform": each.platform, "post": each.post_id} for each in listed
        ],
    )


def _line(example: Example) -> bytes:
    return orjson.dumps(
        {"text": example.text, "label": example.label, "simulated": example.simulated},
        option=orjson.OPT_APPEND_NEWLINE,
    )
