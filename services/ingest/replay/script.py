"""What a replay will send: all events of all files in the order in which they became known.

Held as JSON lines (some 250 bytes each), sorted by instant and content, so that the order of the files on the
command line does not matter. Built once, then read from the front.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from services.ingest.registration import short_name_of
from services.ingest.replay.files import Row
from services.ingest.replay.rows import Defaults, JsonEvent, Mapped, RowError, mapped

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANTS = ("created_at", "published_at", "observed_at")
_RANKS = {"post.observed": 0, "metrics.observed": 1, "comment.observed": 2}
MAX_NAME_CHARACTERS = 200


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """An event to send: when it became known (Unix microseconds), its JSON, and the row that it came from."""

    at: int
    rank: int
    json: bytes
    file: str
    row: int


@dataclass(slots=True)
class Refusals:
    """Counts by reason, each with the first row that met it."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, reason: str, file: str, row: int) -> None:
        self.counts[reason] += 1
        self.examples.setdefault(reason, f"{file} row {row}")


@dataclass(slots=True)
class Script:
    """Use: `read` each file, `finish`, then send `lines` after registering `accounts`."""

    defaults: Defaults
    lines: list[Line] = field(default_factory=list)
    refusals: Refusals = field(default_factory=Refusals)
    shift: timedelta = timedelta(0)
    _posts: dict[tuple[str, str, str], Line] = field(default_factory=dict)
    _first_seen: dict[str, datetime] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def read(self, path: Path, rows: Iterable[Row]) -> None:
        for row in rows:
            try:
                found = mapped(row.fields, self.defaults)
            except RowError as error:
                self.refusals.add(str(error), path.name, row.number)
                continue
            self._note_account(found)
            for event in found.events:
                self._add(event, _line(event, found.at, path.name, row.number))

    def finish(self, now: datetime | None = None) -> None:
        """Put everything in order; with `now`, move all instants so that the last event is now."""
        self.lines += self._posts.values()
        self._posts.clear()
        self.lines.sort()
        if now is not None and self.lines:
            self.shift = now - (_EPOCH + self.lines[-1].at * _MICROSECOND)

    def accounts(self) -> list[dict[str, Any]]:
        """What to register: each account is watched from its earliest event on."""
        return [
            {
                "account_id": account_id,
                "name": self._names.get(account_id, account_id)[:MAX_NAME_CHARACTERS],
                "short_name": short_name_of(self._names.get(account_id, account_id)),
                "onboarded_at": (seen_at + self.shift).isoformat(),
            }
            for account_id, seen_at in sorted(self._first_seen.items())
        ]

    def shifted(self) -> Iterator[Line]:
        """The lines with their instants moved."""
        if not self.shift:
            yield from self.lines
            return
        offset = self.shift // _MICROSECOND
        for line in self.lines:
            yield Line(line.at + offset, line.rank, _moved(line.json, self.shift), line.file, line.row)

    def _note_account(self, found: Mapped) -> None:
        seen = self._first_seen
        seen[found.account_id] = min(found.at, seen.get(found.account_id, found.at))
        if found.account_name:
            name = self._names.get(found.account_id, found.account_name)
            self._names[found.account_id] = min(name, found.account_name)

    def _add(self, event: JsonEvent, line: Line) -> None:
        if event["type"] != "post.observed":
            self.lines.append(line)
            return
        # Every reading tells of its post; the earliest one's word is sent, once.
        key = (event["platform"], event["account_id"], str(event["post_id"]))
        self._posts[key] = min(line, self._posts.get(key, line))


def _line(event: JsonEvent, at: datetime, file: str, row: int) -> Line:
    text = orjson.dumps(event, option=orjson.OPT_UTC_Z)
    return Line((at - _EPOCH) // _MICROSECOND, _RANKS[event["type"]], text, file, row)


def _moved(line: bytes, shift: timedelta) -> bytes:
    event = orjson.loads(line)
    for name in _INSTANTS:
        if event.get(name) is not None:
            event[name] = datetime.fromisoformat(event[name]) + shift
    return orjson.dumps(event, option=orjson.OPT_UTC_Z)
