"""What could not be read or processed goes to social.dead-letters with its bytes, reason and origin."""

import base64
from dataclasses import dataclass

from pantau.contracts import topics
from pantau.contracts.codec import ContractError, encode
from pantau.contracts.events import DeadLetter
from pantau.runtime import metrics
from pantau.runtime.clock import Clock
from pantau.runtime.kafka.publisher import Record

MAX_DETAIL_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record came from; `position` is its index inside a batch message."""

    topic: str
    partition: int
    offset: int
    position: int | None = None


def dead_letter(service: str, error: ContractError, payload: bytes, origin: Origin, clock: Clock) -> Record:
    """The record to publish before the origin's offset is committed."""
    metrics.DEAD_LETTERS.labels(service, error.reason).inc()
    letter = DeadLetter(
        service=service,
        reason=error.reason,
        detail=str(error)[:MAX_DETAIL_CHARACTERS],
        topic=origin.topic,
        partition=origin.partition,
        offset=origin.offset,
        position=origin.position,
        payload_base64=base64.b64encode(payload).decode(),
        failed_at=clock(),
    )
    key = f"{origin.topic}/{origin.partition}/{origin.offset}/{origin.position or 0}"
    return Record(topics.DEAD_LETTERS, key.encode(), encode(letter))
