"""Which of two observations of the same thing holds, whatever order they arrive in.

A ReplacingMergeTree keeps the row with the greatest version, so the version is computed from the event's own
content: later observation first, then a deletion, then the later label, then a digest that only makes an
otherwise undecided pair deterministic. 128 bits: observed 53, deleted 1, labelled 53, digest 21.
"""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from services.contracts.events import AccountRegistered, LabelledComment, Observation, PostObserved

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# When something was received or labelled says nothing about what it is.
_ACCIDENTAL = {"received_at", "labelled_at"}


def precedence(event: Observation | AccountRegistered) -> int:
    """Unsigned 128-bit rank of this observation among all of the same identity."""
    observed_at = event.registered_at if isinstance(event, AccountRegistered) else event.observed_at
    deleted = isinstance(event, PostObserved | LabelledComment) and event.deleted
    labelled = _microseconds(event.labelled_at) if isinstance(event, LabelledComment) else 0
    return _microseconds(observed_at) << 75 | int(deleted) << 74 | labelled << 21 | _digest(event)


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _digest(event: Observation | AccountRegistered) -> int:
    content = event.model_dump_json(exclude=_ACCIDENTAL).encode()
    return int.from_bytes(blake2b(content, digest_size=3).digest()) >> 3
