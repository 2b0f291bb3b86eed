"""The cells of one row, read as fields of events by the readers that ingest has too."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pantau.contracts.fields import Platform
from pantau.reading.counts import read_count
from pantau.reading.errors import Unreadable, shown
from pantau.reading.identifiers import LOST_DIGITS, read_author, read_identifier
from pantau.reading.instants import read_instant
from pantau.reading.missing import is_missing
from pantau.reading.words import read_flag, read_platform
from services.connectors.files.columns import DAYS, HOSTS, LIFETIME
from services.connectors.files.habits import Assumption, Defaults, Habits
from services.connectors.files.layout import Layout, aliases, plain

_MIDNIGHT = re.compile(r"[ T]00[:.]00(?:[:.]00)?(?:\.0+)?$")  # a data frame's day
_OPTIONS = {"may be day/month": "--date-order dmy or mdy", "thousands": "--thousands . or ,"}
_PLATFORM_OF_HOST = {host.strip(): name for name, hosts in HOSTS.items() for host in hosts.split(",")}


class RowError(ValueError):
    """Why a row gives no event, in a sentence that names the column and the value."""


@dataclass(frozen=True, slots=True)
class Cells:
    row: Mapping[str, Any]
    layout: Layout
    defaults: Defaults
    habits: Habits
    assumed: Counter[Assumption] = field(default_factory=Counter)

    def raw(self, field: str) -> str:
        """As it stands; empty when not given."""
        column, value = self.layout.found(self.row, field)
        if isinstance(value, dict | list):
            raise RowError(f"{column}: {shown(value)} is no text")
        return "" if value is None else str(value)

    def text(self, field: str) -> str:
        """Without surrounding blanks."""
        return self.raw(field).strip()

    def told(self, field: str) -> str:
        """As `text`, and empty also where the cell says N/A or the like."""
        text = self.text(field)
        return "" if is_missing(text) else text

    def flag(self, field: str) -> bool:
        column, value = self.layout.found(self.row, field)
        if value is None:
            return False
        with _naming(column):
            return read_flag(value)

    def count(self, field: str) -> int | None:
        column, value = self.layout.found(self.row, field)
        if value is None:
            return None
        with _naming(column):
            return read_count(value, self.habits.grouping)

    def identifier(self, field: str) -> str | None:
        column, value = self.layout.found(self.row, field)
        if value is None:
            return None
        with _naming(column):
            self._refuse_lost(column, value)
            return read_identifier(value)

    def needed_identifier(self, field: str) -> str:
        identifier = self.identifier(field)
        if identifier is None:
            raise RowError(f"the row has no {field}")
        return identifier

    def author(self) -> tuple[str | None, str]:
        """The commenter, and why not when he cannot be read as one: that does not cost the comment."""
        column, value = self.layout.found(self.row, "author_id")
        try:
            self._refuse_lost(column, value)
            return read_author(value), ""
        except Unreadable as error:
            return None, f"{column}: {error}; the comment is sent without its author"

    def instant(self, field: str) -> datetime | None:
        column, value = self.layout.found(self.row, field)
        if value is None:
            return None
        with _naming(column):
            return self._instant(self._with_clock(field, value))

    def needed_instant(self, field: str) -> datetime:
        instant = self.instant(field)
        if instant is None:
            raise RowError(f"the row has no {field}")
        return instant

    def read_at(self) -> datetime:
        """When totals were read: as the row says, else the person, else, of an export, its file."""
        column, value = self.layout.found(self.row, "observed_at")
        if self.layout.is_export and value is not None and plain(column) in {"date", "tanggal"}:
            if plain(value) not in LIFETIME:
                raise RowError(
                    f"{column}: {shown(value)} makes it a gain of one day, no total; export with 'Lifetime'"
                )
            value = None
        given = None if value is None else self.instant("observed_at")
        if given is not None:
            return given
        if self.defaults.observed_at:
            self.assumed["timed by option"] += 1
            return self.defaults.observed_at
        if self.layout.is_export and self.habits.saved_at:
            self.assumed["timed by file"] += 1
            return self.habits.saved_at
        raise RowError("the row does not say when it was read (observed_at); give --observed-at INSTANT")

    def account(self) -> str:
        account = self.identifier("account") or self.defaults.account
        if not account:
            raise RowError("the row names no account; give one with --account NAME")
        return account

    def platform(self) -> Platform:
        """As the row says, else as its permalink's host says, else as the person says."""
        column, value = self.layout.found(self.row, "platform")
        if is_missing(value):
            value = self._host_platform() or self.defaults.platform
        if not value:
            raise RowError("the row names no platform; give one with --platform NAME")
        with _naming(column):
            return read_platform(value)

    def _host_platform(self) -> str | None:
        try:
            permalink = self.text("permalink")
            host = urlsplit(permalink if "//" in permalink else f"//{permalink}").hostname or ""
        except ValueError:
            return None
        return next(
            (
                name
                for known, name in _PLATFORM_OF_HOST.items()
                if host == known or host.endswith(f".{known}")
            ),
            None,
        )

    def _refuse_lost(self, column: str, value: object) -> None:
        if str(value).strip() in self.habits.lost.get(column, ()):
            raise Unreadable(LOST_DIGITS)

    def _instant(self, value: object) -> datetime | None:
        try:
            return read_instant(value, order=self.habits.order)
        except Unreadable:
            instant = read_instant(value, zone=self.defaults.zone, order=self.habits.order)
            self.assumed["zoned"] += 1
            return instant

    def _with_clock(self, field: str, value: object) -> object:
        """A day and a clock time in columns of their own are one instant."""
        clock = self.layout.cell(self.row, "clock")
        is_day = field == "created_at" and plain(self.layout.found(self.row, field)[0]) in aliases(DAYS)
        if not is_day or is_missing(value) or is_missing(clock):
            return value
        return f"{_MIDNIGHT.sub('', str(value))} {clock}"


@contextmanager
def _naming(column: str) -> Iterator[None]:
    """Names the column in the refusal of its value, and the option that settles it."""
    try:
        yield
    except Unreadable as error:
        option = next((f" ({told})" for words, told in _OPTIONS.items() if words in str(error)), "")
        raise RowError(f"{column}: {error}{option}") from error
