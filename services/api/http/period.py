"""The span that a reader asks for: a sliding window, live or at a past instant, or a calendar month."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pantau.analytics import models
from pantau.analytics.period import Period
from pantau.contracts.fields import EARLIEST, Instant
from pantau.runtime.http import Problem
from pantau.score.windows import Window, month_of, parse_month

FUTURE_TOLERANCE = timedelta(minutes=1)
_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


def _as_written(value: object) -> object:
    """Only what RFC 3339 allows: pydantic alone would take bare numbers for Unix time."""
    if isinstance(value, datetime) or (isinstance(value, str) and _RFC3339.fullmatch(value)):
        return value
    raise ValueError(
        "write an instant with its offset, as 2026-11-21T12:00:00Z or 2026-11-21T19:00:00%2B07:00 "
        "(a plus sign in an address is written %2B)"
    )


WrittenInstant = Annotated[Instant, BeforeValidator(_as_written)]


class Asked(BaseModel):
    """Query parameters; one that is not known is refused, since a typo would change the answer."""

    model_config = ConfigDict(extra="forbid")


class PeriodAsked(Asked):
    window: models.SlidingWindow | None = Field(None, description="Default 24h")
    at: WrittenInstant | None = Field(
        None, description="Past instant with its offset, for a window; computed from what is stored now"
    )
    month: str | None = Field(
        None, pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="Calendar month in Asia/Jakarta, alone"
    )


def period(asked: PeriodAsked, now: datetime) -> Period:
    """Raises Problem 422."""
    if asked.month is not None:
        if asked.at is not None or asked.window is not None:
            raise Problem(422, "month: stands alone, without window and at")
        return Period(Window.MONTH, month=_month(asked.month, month_of(now)))
    if asked.at is not None and asked.at > now + FUTURE_TOLERANCE:
        raise Problem(422, "at: lies in the future")
    return Period(Window(asked.window or "24h"), at=asked.at)


def _month(text: str, running: date) -> date:
    if not f"{EARLIEST:%Y-%m}" <= text <= f"{running:%Y-%m}":
        raise Problem(422, f"month: from {EARLIEST:%Y-%m} to the running one, {running:%Y-%m}")
    return parse_month(text)
