"""Kafka records to events. Pure: what cannot be read comes back as bad, with its reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pantau.contracts import topics
from pantau.contracts.codec import (
    ContractError,
    decode_account,
    decode_correction,
    decode_labelled,
    decode_post_event,
)
from pantau.contracts.events import LabelledComment
from pantau.runtime.dead_letters import Origin
from pantau.score.facts import FactEvent


@dataclass(frozen=True, slots=True)
class Message:
    """A Kafka record as consumed; `value` None is a tombstone, which compaction may leave."""

    topic: str
    partition: int
    offset: int
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Bad:
    error: ContractError
    payload: bytes
    origin: Origin


@dataclass(frozen=True, slots=True)
class Batch:
    events: list[FactEvent] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)


def read(messages: Iterable[Message]) -> Batch:
    batch = Batch()
    for message in messages:
        if message.value is None:
            continue
        try:
            _read_one(message, message.value, batch)
        except ContractError as error:
            origin = Origin(message.topic, message.partition, message.offset)
            batch.bad.append(Bad(error, message.value, origin))
    return batch


def _read_one(message: Message, value: bytes, batch: Batch) -> None:
    match message.topic:
        case topics.LABELLED:
            good, bad = decode_labelled(value)
            batch.events.extend(good)
            for comment in bad:
                origin = Origin(message.topic, message.partition, message.offset, comment.position)
                batch.bad.append(Bad(comment.error, comment.payload, origin))
        case topics.ACCOUNTS:
            batch.events.append(decode_account(value))
        case topics.CORRECTIONS:
            batch.events.append(decode_correction(value))
        case _:
            batch.events.append(decode_post_event(value))


def fresh_comments(batch: Batch) -> list[LabelledComment]:
    """Those that come from the live flow: the age of one that was only read again says nothing."""
    return [event for event in batch.events if isinstance(event, LabelledComment) and not event.relabelled]
