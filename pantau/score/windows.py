"""Which minutes a window covers. Spans are half-open [from, until) and whole minutes in UTC."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")
MATURITY = timedelta(hours=72)  # how long after its end a month still takes in readings
MATURITY_HOURS = MATURITY // timedelta(hours=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


class Window(StrEnum):
    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"
    MONTH_LONG = "30d"
    MONTH = "month"


SLIDING: dict[Window, timedelta] = {
    Window.HOUR: timedelta(hours=1),
    Window.DAY: timedelta(hours=24),
    Window.WEEK: timedelta(days=7),
    Window.MONTH_LONG: timedelta(days=30),
}
# A metric that was given at least once within this window counts as given, with a gain of zero.
HORIZON = Window.MONTH_LONG


@dataclass(frozen=True, slots=True)
class Span:
    """[start, until), and the part of it that whole hours cover."""

    start: datetime
    until: datetime

    @property
    def first_hour(self) -> datetime:
        """The first full hour at or after the start."""
        floor = _floor(self.start, _HOUR)
        return floor if floor == self.start else floor + _HOUR

    @property
    def last_hour(self) -> datetime:
        """The end of the last full hour, not before `first_hour`."""
        return max(self.first_hour, _floor(self.until, _HOUR))


def sliding_span(window: Window, at: datetime) -> Span:
    """The span that ends with the minute of `at`, that minute included."""
    until = _floor(at, _MINUTE) + _MINUTE
    return Span(until - SLIDING[window], until)


def parse_month(text: str) -> date:
    """YYYY-MM to its first day. Raises ValueError."""
    if len(text) != 7:
        raise ValueError(f"{text!r} is no month; write YYYY-MM")
    return date.fromisoformat(f"{text}-01")


def month_of(instant: datetime) -> date:
    """First day of the instant's calendar month in Asia/Jakarta."""
    return instant.astimezone(JAKARTA).date().replace(day=1)


def month_span(month: date) -> Span:
    start = datetime(month.year, month.month, 1, tzinfo=JAKARTA)
    following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    until = datetime(following.year, following.month, 1, tzinfo=JAKARTA)
    return Span(start.astimezone(UTC), until.astimezone(UTC))


def closes_at(month: date) -> datetime:
    """From when on a month's figures take in nothing more."""
    return month_span(month).until + MATURITY


def _floor(instant: datetime, unit: timedelta) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + (instant - epoch) // unit * unit
