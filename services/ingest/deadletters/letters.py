"""Dead letters, what was decided of each, and what replaying one would send. Pure."""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from pydantic import ValidationError

from pantau.contracts import topics
from pantau.contracts.codec import (
    ContractError,
    decode_account,
    decode_comment,
    decode_correction,
    decode_labelled,
    decode_post_event,
    encode,
)
from pantau.contracts.events import DeadLetter, DeadLetterDecided
from pantau.runtime.kafka.publisher import Record

Place = tuple[int, int]  # partition and offset on social.dead-letters
Stored = tuple[Place, bytes]


class ReplayError(Exception):
    """Sending this letter's bytes again would do no good; the message says why."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter with its bytes, and the latest that a person decided of it."""

    place: Place
    told: DeadLetter
    payload: bytes
    decided: DeadLetterDecided | None = None

    @property
    def number(self) -> str:
        return f"{self.place[0]}-{self.place[1]}"

    @property
    def origin(self) -> str:
        position = "" if self.told.position is None else f"/{self.told.position}"
        return f"{self.told.topic}/{self.told.partition}/{self.told.offset}{position}"


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Which letters; what is not given leaves none out."""

    reason: str | None = None
    service: str | None = None
    since: datetime | None = None

    def fits(self, letter: Letter) -> bool:
        told = letter.told
        return (
            self.reason in {None, told.reason}
            and self.service in {None, told.service}
            and (self.since is None or told.failed_at >= self.since)
        )


def place_of(number: str) -> Place:
    """Of `PARTITION-OFFSET`. Raises ValueError."""
    partition, _, offset = number.partition("-")
    if not (partition.isdecimal() and offset.isdecimal()):
        raise ValueError(f"{number!r} is no number of a letter; list shows them, such as 0-17")
    return int(partition), int(offset)


def letters(stored: Iterable[Stored], decisions: Iterable[Stored]) -> tuple[list[Letter], list[Place]]:
    """All letters, newest first, and the places of records that are none."""
    decided = _latest(decisions)
    found: list[Letter] = []
    strange: list[Place] = []
    for place, content in stored:
        try:
            told = DeadLetter.model_validate_json(content)
            payload = base64.b64decode(told.payload_base64, validate=True)
        except (ValidationError, UnicodeError, binascii.Error):
            strange.append(place)
        else:
            found.append(Letter(place, told, payload, _since(told.failed_at, decided.get(place))))
    found.sort(key=lambda letter: (letter.told.failed_at, letter.place), reverse=True)
    return found, strange


def _since(failed_at: datetime, latest: DeadLetterDecided | None) -> DeadLetterDecided | None:
    """None where the decision is older than the letter: a topic that was made anew counts from 0 again."""
    return latest if latest and latest.decided_at >= failed_at else None


def _latest(decisions: Iterable[Stored]) -> dict[Place, DeadLetterDecided]:
    """What is no decision, such as one of a later version, decides nothing here."""
    latest: dict[Place, DeadLetterDecided] = {}
    for _, content in decisions:
        try:
            decision = DeadLetterDecided.model_validate_json(content)
        except (ValidationError, UnicodeError):
            continue
        place = (decision.partition, decision.offset)
        if place not in latest or latest[place].decided_at <= decision.decided_at:
            latest[place] = decision
    return latest


def replayed(letter: Letter, *, unread: bool = False) -> Record:
    """What goes to the topic that the letter came from, for its reader to judge anew.

    Its key is the account's, as every writer of these topics has it; where the bytes name none, any partition
    will do. `unread` sends what the contracts still refuse. Raises ReplayError.
    """
    judge = _JUDGES.get(letter.told.topic)
    if judge is None:
        raise ReplayError(f"nobody reads events from {letter.told.topic}")
    content = letter.payload if letter.told.position is None else _batch_of(letter.payload)
    try:
        judge(content)
    except ContractError as error:
        if not unread:
            raise ReplayError(f"it would fail again, {error.reason}: {error}") from error
    account_id = _account_of(content)
    if account_id is None and letter.told.topic == topics.ACCOUNTS:
        raise ReplayError("it names no account, and a compacted topic takes nothing without a key")
    key = None if account_id is None else account_id.encode()
    return Record(letter.told.topic, key, content)


def decision(letter: Letter, what: str, by: str, why: str, now: datetime) -> Record:
    """For the audit trail. `what` is `replayed` or `dropped`.

    Never dated before the letter, also where this machine's clock is behind its service's.
    """
    partition, offset = letter.place
    event = DeadLetterDecided.model_validate(
        {
            "partition": partition,
            "offset": offset,
            "decision": what,
            "decided_by": by,
            "reason": why,
            "decided_at": max(now, letter.told.failed_at),
        }
    )
    return Record(topics.DEAD_LETTER_DECISIONS, letter.number.encode(), encode(event))


def _batch_of(member: bytes) -> bytes:
    """One comment as a labelled message of its account. Raises ReplayError."""
    comment = _object(member)
    account_id = _account_of(member)
    if account_id is None:
        raise ReplayError("it names no account to put it into a message of")
    batch = {"schema_version": 1, "type": "comments.labelled", "account_id": account_id}
    try:
        return orjson.dumps(batch | {"comments": [comment]})
    except TypeError as error:  # orjson reads what is nested deeper than it writes
        raise ReplayError("it is nested too deeply") from error


def _account_of(content: bytes) -> str | None:
    account_id = _object(content).get("account_id")
    return account_id if isinstance(account_id, str) and account_id else None


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _judge_labelled(content: bytes) -> None:
    for bad in decode_labelled(content)[1]:
        raise bad.error


_JUDGES: dict[str, Callable[[bytes], object]] = {
    topics.ACCOUNTS: decode_account,
    topics.POSTS: decode_post_event,
    topics.COMMENTS: decode_comment,
    topics.LABELLED: _judge_labelled,
    topics.CORRECTIONS: decode_correction,
}
