"""Which of two observations of the same thing holds, whatever order they arrive in.

A ReplacingMergeTree keeps the row with the greatest version, so the version is computed from the event's own
content: the later observation (correction, review), then a deletion, then the later label, then a digest that
only makes an otherwise undecided pair deterministic. 128 bits: observed 53, deleted 1, labelled 53,
digest 21. docs/reference/events.md tells strangers of the digest's bytes.
"""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from pantau.contracts.events import (
    AccountRegistered,
    FlagReviewed,
    LabelCorrected,
    LabelledComment,
    Observation,
    PostObserved,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# When something was received or labelled, and on what occasion, says nothing about what it is.
_ACCIDENTAL = {"received_at", "labelled_at", "relabelled"}

Ranked = Observation | AccountRegistered | LabelCorrected | FlagReviewed


def precedence(event: Ranked) -> int:
    """Unsigned 128-bit rank of this observation among all of the same identity."""
    deleted = isinstance(event, PostObserved | LabelledComment) and event.deleted
    labelled = _microseconds(event.labelled_at) if isinstance(event, LabelledComment) else 0
    return _microseconds(_said_at(event)) << 75 | int(deleted) << 74 | labelled << 21 | _digest(event)


def _said_at(event: Ranked) -> datetime:
    match event:
        case AccountRegistered():
            return event.registered_at
        case LabelCorrected():
            return event.corrected_at
        case FlagReviewed():
            return event.reviewed_at
        case _:
            return event.observed_at


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _digest(event: Ranked) -> int:
    # model_dump_json without its way through str
    content = type(event).__pydantic_serializer__.to_json(event, exclude=_ACCIDENTAL)
    return int.from_bytes(blake2b(content, digest_size=3).digest()) >> 3
