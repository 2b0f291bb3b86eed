"""The span that figures are of: a sliding window, live or at a past instant, or a calendar month. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

from pantau.analytics import models
from pantau.score.windows import Window, closes_at

_WRITTEN: dict[Window, models.SlidingWindow] = {
    Window.HOUR: "1h",
    Window.DAY: "24h",
    Window.WEEK: "7d",
    Window.MONTH_LONG: "30d",
}


@dataclass(frozen=True, slots=True)
class Period:
    """Either a month, or a sliding window at an instant (None: live)."""

    window: Window
    at: datetime | None = None
    month: date | None = None

    @property
    def sliding(self) -> models.SlidingWindow | None:
        """As it is written in answers; None of a month."""
        return _WRITTEN.get(self.window)


def status(of: Period, now: datetime) -> models.BoardStatus:
    if of.month is not None:
        return "provisional" if now < closes_at(of.month) else "past"
    return "past" if of.at else "live"
