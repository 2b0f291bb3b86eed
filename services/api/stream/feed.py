"""A consumer of social.scores from its end, without a group: each change goes to the hub."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog
from aiokafka import ConsumerRecord
from pydantic import ValidationError

from pantau.contracts import topics
from pantau.contracts.events import ScoreChanged
from pantau.runtime import metrics
from pantau.runtime.kafka.topic_follower import TopicFollower
from pantau.runtime.ops import Readiness
from services.api.stream.hub import Hub

log = structlog.get_logger(__name__)

Before = Callable[[datetime], Awaitable[None]]


class ScoreFeed:
    """`before` is awaited with the newest instant of computation before a batch is told."""

    def __init__(self, bootstrap_servers: str, hub: Hub, readiness: Readiness, before: Before) -> None:
        self._hub = hub
        self._before = before
        self._follower = TopicFollower(
            bootstrap_servers, topics.SCORES, readiness, self._tell, start="latest"
        )

    async def run(self) -> None:
        """For ever, through outages of Kafka."""
        await self._follower.run()

    async def _tell(self, records: Sequence[ConsumerRecord]) -> None:
        changes = [change for record in records if (change := _change(record)) is not None]
        if not changes:
            return
        await self._before(max(change.computed_at for change in changes))
        for change in changes:
            data = change.model_dump_json(exclude={"type", "schema_version"})
            self._hub.tell_score(data, change.computed_at)
            metrics.EVENTS.labels("api", "score.changed").inc()


def _change(record: ConsumerRecord) -> ScoreChanged | None:
    """None for a key's deletion, and for what our own scoring service cannot have written."""
    if record.value is None:
        return None
    try:
        return ScoreChanged.model_validate_json(record.value)
    except ValidationError as error:
        log.warning(
            "not a score", partition=record.partition, offset=record.offset, faults=error.error_count()
        )
        return None
