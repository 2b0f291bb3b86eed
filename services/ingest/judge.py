"""Items to verdicts: accepted as this event, or refused with a reason for the sender. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.contracts import topics
from services.contracts.codec import encode
from services.contracts.events import CommentObserved
from services.ingest import inbound
from services.ingest.inbound import Refusal
from services.ingest.items import Unreadable
from services.ingest.normalise import AnyObserved, normalise
from services.runtime.kafka import Record


@dataclass(frozen=True, slots=True)
class Accepted:
    event: AnyObserved


@dataclass(frozen=True, slots=True)
class Refused:
    type: str
    reason: str


Verdict = Accepted | Refused


@dataclass(frozen=True, slots=True)
class Judge:
    is_registered: Callable[[str], bool]
    pseudonym_key: bytes

    def judge(self, items: Sequence[Any], now: datetime) -> list[Verdict]:
        return [self._verdict(item, now) for item in items]

    def _verdict(self, item: Any, now: datetime) -> Verdict:
        try:
            return Accepted(self._event(item, now))
        except Refusal as refusal:
            return Refused(inbound.type_of(item), str(refusal))

    def _event(self, item: Any, now: datetime) -> AnyObserved:
        if isinstance(item, Unreadable):
            raise Refusal(item.reason)
        event = inbound.read(item, now)
        if not self.is_registered(event.account_id):
            raise Refusal(
                f"account '{event.account_id}' is not registered; "
                "register it first (POST /v1/accounts or replay --register)"
            )
        return normalise(event, now, self.pseudonym_key)


def record(event: AnyObserved) -> Record:
    """One account's events share a key, so that they share a partition and an order."""
    topic = topics.COMMENTS if isinstance(event, CommentObserved) else topics.POSTS
    return Record(topic, event.account_id.encode(), encode(event))


def results(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """The answer's line for each item, in the order of the request."""
    return [
        {"index": index, "status": "accepted"}
        if isinstance(verdict, Accepted)
        else {"index": index, "status": "refused", "reason": verdict.reason}
        for index, verdict in enumerate(verdicts)
    ]
