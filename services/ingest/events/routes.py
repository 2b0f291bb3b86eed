"""POST /v1/events: validate, publish, and only then answer 202."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
import structlog
from fastapi import APIRouter, Depends, Request, Response

from pantau.contracts.clocks import ahead
from pantau.runtime import metrics
from pantau.runtime.errors import RetryableError
from pantau.runtime.http import Problem
from services.ingest import openapi
from services.ingest.delivery import unavailable
from services.ingest.dependencies import Intake
from services.ingest.events.inbound import unknown_fields
from services.ingest.events.turns import Validated, validated
from services.ingest.events.validate import Accepted, Outcome, results

log = structlog.get_logger(__name__)


def router(intake: Intake) -> APIRouter:
    routes = APIRouter(dependencies=[Depends(intake.authorise)])

    @routes.post("/v1/events", status_code=202, **openapi.EVENTS)
    async def post_events(request: Request) -> Response:
        async with intake.delivery.admitted():
            items = await intake.items(request)
            now = intake.clock()
            result = await validated(intake.workers, intake.validator, items, now)
            answer = await intake.workers.run(lambda: _answer(result.outcomes, unknown_fields(items)))
            await _publish(intake, result, answer, now)
        return Response(orjson.dumps(answer), 202, media_type="application/json")

    return routes


async def _publish(intake: Intake, result: Validated, answer: dict[str, Any], now: datetime) -> None:
    """Raises Problem 422 when nothing is acceptable, 503 when Kafka does not acknowledge."""
    outcomes = result.outcomes
    accepted = [outcome.event for outcome in outcomes if isinstance(outcome, Accepted)]
    if not accepted:
        _count(outcomes, "refused")
        raise Problem(422, "none of the events is acceptable", **answer)
    try:
        with metrics.INGEST_PUBLISH_SECONDS.time():
            await intake.delivery.deliver(result.records)
    except RetryableError as error:
        _count(outcomes, "unacknowledged")
        log.warning("events not acknowledged", events=len(accepted), error=str(error))
        raise unavailable(
            "Kafka did not acknowledge; nothing counts as accepted, send all of it again"
        ) from error
    _count(outcomes, "accepted")
    age_seconds = (intake.clock() - now).total_seconds()
    for event in accepted:
        metrics.EVENT_AGE.labels("ingest").observe(age_seconds)
        if ahead(event) is not None:
            metrics.INGEST_EVENTS_AHEAD.labels(event.type).inc()


def _answer(outcomes: Sequence[Outcome], unknown: list[str]) -> dict[str, Any]:
    accepted = sum(isinstance(outcome, Accepted) for outcome in outcomes)
    counts: dict[str, Any] = {"accepted": accepted, "refused": len(outcomes) - accepted}
    return counts | ({"fields_not_used": unknown} if unknown else {}) | {"results": results(outcomes)}


def _count(outcomes: Sequence[Outcome], fate: str) -> None:
    """`outcome` is what became of the acceptable ones."""
    counts = Counter(
        (outcome.event.type, fate) if isinstance(outcome, Accepted) else (outcome.type, "refused")
        for outcome in outcomes
    )
    for (kind, result), count in counts.items():
        metrics.INGEST_EVENTS.labels(kind, result).inc(count)
        if result == "accepted":
            metrics.EVENTS.labels("ingest", kind).inc(count)
