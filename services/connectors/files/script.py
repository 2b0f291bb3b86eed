"""What a replay will send: all events of all files in the order in which they became known.

Held as JSON lines (some 250 bytes each), sorted by instant and content, so that the order of the files on the
command line does not matter. Built once, then read from the front.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from pantau.contracts.registration import short_name_of
from services.connectors.files.baselines import Baselines
from services.connectors.files.copies import Copies
from services.connectors.files.files import File, Row
from services.connectors.files.habits import Assumed, Defaults, learned
from services.connectors.files.rows import JsonEvent, Mapped, RowError, RowReader

_VALUES = re.compile(r"'[^']*'|\"[^\"]*\"|\d+(?:[.,]\d+)*")
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANTS = ("created_at", "published_at", "observed_at")
_RANKS = {"post.observed": 0, "metrics.observed": 1, "comment.observed": 2, "followers.observed": 3}
MAX_NAME_CHARACTERS = 200


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """An event to send: when it became known (Unix microseconds), its JSON, and from which row it came."""

    at: int
    rank: int
    json: bytes
    place: str

    @property
    def instant(self) -> datetime:
        return _EPOCH + self.at * _MICROSECOND


@dataclass(slots=True)
class Tally:
    """Counts by kind of words, each with those and the place of the first row that met it."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, words: str, place: str, *, values_alike: bool = True) -> None:
        """Words that differ in values only, in quotes or numbers, are of one kind, unless told otherwise."""
        kind = _VALUES.sub("…", words) if values_alike else words
        self.counts[kind] += 1
        self.examples.setdefault(kind, (words, place))


@dataclass(slots=True)
class Script:
    """Use: `read` each file, `finish`, then send `lines` after registering `accounts`."""

    defaults: Defaults
    lines: list[Line] = field(default_factory=list)
    refusals: Tally = field(default_factory=Tally)
    notes: Tally = field(default_factory=Tally)
    assumed: dict[str, Assumed] = field(default_factory=dict)
    baselines: Baselines = field(default_factory=Baselines)
    shift: timedelta = timedelta(0)
    _copies: Copies = field(default_factory=Copies)
    _posts: dict[tuple[object, ...], Line] = field(default_factory=dict)
    _first_seen: dict[str, datetime] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def read_file(self, file: File) -> None:
        """Raises FileError."""
        saved_at = datetime.fromtimestamp(int(file.path.stat().st_mtime), UTC)
        assumed = Assumed(encoding=file.content.encoding, saved_at=saved_at)
        if file.table:
            assumed.heading_line = file.table.first
        self.read(file.path, file, assumed)

    def read(self, path: Path, rows: Iterable[Row], assumed: Assumed | None = None) -> None:
        """`rows` are gone through twice: first for what the values say together. Raises FileError."""
        assumed = self.assumed.setdefault(str(path), assumed or Assumed())
        habits = learned(rows, self.defaults, assumed.saved_at)
        reader = RowReader(self.defaults, habits, str(path), assumed)
        for row in rows:
            assumed.rows += 1
            place = f"{path.name} {row.place}"
            try:
                found = reader.mapped(row)
            except RowError as error:
                self.refusals.add(str(error), place)
                continue
            self._note_account(found)
            for event in found.events:
                self._add(event, _line(event, found.at, place))
            for note in found.notes:
                self.notes.add(note, place)

    def finish(self, now: datetime | None = None) -> None:
        """Put everything in order; with `now`, move all instants so that the last event is now."""
        self.lines += self._posts.values()
        self._posts.clear()
        self.lines.sort()
        if now is not None and self.lines:
            self.shift = now - self.lines[-1].instant

    def accounts(self) -> list[dict[str, Any]]:
        """What to register: each account is watched from its earliest reading or comment on."""
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
            yield replace(line, at=line.at + offset, json=_moved(line.json, self.shift))

    def _note_account(self, found: Mapped) -> None:
        seen = self._first_seen
        seen[found.account_id] = min(found.at, seen.get(found.account_id, found.at))
        if found.account_name:
            name = self._names.get(found.account_id, found.account_name)
            self._names[found.account_id] = min(name, found.account_name)

    def _add(self, event: JsonEvent, line: Line) -> None:
        self.baselines.note(event)
        if event["type"] != "post.observed":
            self.lines.append(line)
            if fault := self._copies.note(event):
                self.notes.add(fault, line.place)
            return
        # Every reading tells of its post; the earliest one's word is sent, once for each state of its flags.
        names = ("platform", "account_id", "post_id", "giveaway", "boosted", "deleted")
        key = tuple(event.get(name) for name in names)
        self._posts[key] = min(line, self._posts.get(key, line))

    def ahead(self, now: datetime) -> list[Line]:
        """The events that would have become known later than now, the furthest last."""
        limit = (now - self.shift - _EPOCH) // _MICROSECOND
        return [line for line in self.lines if line.at > limit]


def _line(event: JsonEvent, at: datetime, place: str) -> Line:
    text = orjson.dumps(event, option=orjson.OPT_UTC_Z)
    return Line((at - _EPOCH) // _MICROSECOND, _RANKS[event["type"]], text, place)


def _moved(line: bytes, shift: timedelta) -> bytes:
    event = orjson.loads(line)
    for name in _INSTANTS:
        if event.get(name) is not None:
            event[name] = datetime.fromisoformat(event[name]) + shift
    return orjson.dumps(event, option=orjson.OPT_UTC_Z)
