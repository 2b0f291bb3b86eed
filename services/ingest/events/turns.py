"""One request's items validated by the workers, a piece at a time, so that requests take turns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from pantau.runtime.http import Problem
from pantau.runtime.kafka.publisher import Record
from services.ingest.events.validate import Accepted, Outcome, Validator, record
from services.ingest.workers import Workers

# Two seconds of masking when every text is made to be slow; what replay sends at once stays below.
MAX_TEXT_CHARACTERS = 4 * 1024 * 1024
# A turn: some tens of milliseconds at worst. A single text may be longer.
PIECE_ITEMS = 200
PIECE_CHARACTERS = 50_000


@dataclass(slots=True)
class Validated:
    """An outcome for each item in order, and the accepted ones as they go to Kafka."""

    outcomes: list[Outcome] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)


async def validated(workers: Workers, validator: Validator, items: Sequence[Any], now: datetime) -> Validated:
    """Raises Problem 413 when the texts are more than a request may hold."""
    lengths = await workers.run(lambda: _pieces(items))
    outcomes = validator.outcomes(items, now)
    whole = Validated()
    for length in lengths:
        await workers.run(lambda length=length: _validate_piece(outcomes, length, whole))  # type: ignore[misc]
    return whole


def _validate_piece(outcomes: Iterator[Outcome], length: int, into: Validated) -> None:
    piece = list(islice(outcomes, length))
    into.outcomes += piece
    into.records += [record(outcome.event) for outcome in piece if isinstance(outcome, Accepted)]


def _pieces(items: Sequence[Any]) -> list[int]:
    """How many items make each piece."""
    lengths: list[int] = []
    total = count = characters = 0
    for item in items:
        size = _text_characters(item)
        total += size
        if count and (count == PIECE_ITEMS or characters + size > PIECE_CHARACTERS):
            lengths.append(count)
            count = characters = 0
        count += 1
        characters += size
    if total > MAX_TEXT_CHARACTERS:
        raise Problem(
            413,
            f"{total} characters of text in one request; send at most {MAX_TEXT_CHARACTERS}, "
            "in several requests where there are more",
        )
    return [*lengths, count] if count else lengths


def _text_characters(item: Any) -> int:
    text = item.get("text") if isinstance(item, dict) else None
    return len(text) if isinstance(text, str) else 0
