"""Items to outcomes: accepted as this event, or refused with a reason for the sender. Pure."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pantau.contracts import topics
from pantau.contracts.clocks import ahead
from pantau.contracts.codec import encode
from pantau.contracts.events import CommentObserved
from pantau.reading.identifiers import LOST_DIGITS, lost_digits
from pantau.runtime.kafka.publisher import Record
from services.ingest.events import inbound
from services.ingest.events.inbound import Refusal
from services.ingest.events.items import Unreadable
from services.ingest.events.normalise import AnyObserved, normalise

IDENTIFIERS = ("comment_id", "post_id", "parent_id")


@dataclass(frozen=True, slots=True)
class Accepted:
    """`notes`: what its sender should know although it is taken."""

    event: AnyObserved
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    type: str
    reason: str


Outcome = Accepted | Refused


@dataclass(frozen=True, slots=True)
class Validator:
    is_registered: Callable[[str], bool]
    pseudonym_key: bytes

    def validate(self, items: Sequence[Any], now: datetime) -> list[Outcome]:
        return list(self.outcomes(items, now))

    def outcomes(self, items: Sequence[Any], now: datetime) -> Iterator[Outcome]:
        """One by one, each in the light of all items."""
        shortened = _shortened(items)
        for item in items:
            yield self._outcome(item, now, shortened)

    def _outcome(self, item: Any, now: datetime, shortened: Mapping[str, Collection[str]]) -> Outcome:
        try:
            return self._accepted(item, now, shortened)
        except Refusal as refusal:
            return Refused(inbound.type_of(item), str(refusal))

    def _accepted(self, item: Any, now: datetime, shortened: Mapping[str, Collection[str]]) -> Accepted:
        if isinstance(item, Unreadable):
            raise Refusal(item.reason)
        found = inbound.read(item, now)
        for name, lost in shortened.items():
            if getattr(found.event, name, None) in lost:
                raise Refusal(f"{name}: {LOST_DIGITS}")
        if not self.is_registered(found.event.account_id):
            raise Refusal(
                f"account '{found.event.account_id}' is not registered; "
                "register it first (POST /v1/accounts or replay --register)"
            )
        event = normalise(found.event, now, self.pseudonym_key)
        return Accepted(event, (*found.notes, *_ahead(event)))


def _shortened(items: Sequence[Any]) -> dict[str, frozenset[str]]:
    """The ids among these items that lost their digits, by field."""
    objects = [item for item in items if isinstance(item, dict)]
    return {name: lost_digits(item.get(name) for item in objects) for name in IDENTIFIERS}


def _ahead(event: AnyObserved) -> list[str]:
    by = ahead(event)
    if by is None:
        return []
    hours, minutes = divmod(by // timedelta(minutes=1), 60)
    return [f"{hours} h {minutes} min ahead of ingest's clock: the sender's clock or time zone is wrong"]


def record(event: AnyObserved) -> Record:
    """One account's events share a key, so that they share a partition and an order."""
    topic = topics.COMMENTS if isinstance(event, CommentObserved) else topics.POSTS
    return Record(topic, event.account_id.encode(), encode(event))


def results(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The answer's line for each item, in the order of the request."""
    return [
        {"index": index, "status": "accepted"} | ({"notes": outcome.notes} if outcome.notes else {})
        if isinstance(outcome, Accepted)
        else {"index": index, "status": "refused", "reason": outcome.reason}
        for index, outcome in enumerate(outcomes)
    ]
