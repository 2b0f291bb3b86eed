"""How people feel right now: minutes by sentiment, and accounts whose negative comments rise. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pantau.analytics.pulse.models import PulseMinute, RisingNegatives

RECENT = timedelta(minutes=60)
USUAL = timedelta(hours=24)  # before the recent span
LEAST_NEGATIVES = 10
MOST_LISTED = 5
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Negatives:
    """One account's negative and all comments: recently, and in the usual span before."""

    account_id: str
    negatives: int
    comments: int
    usual_negatives: int
    usual_comments: int
    first_minute: datetime


def floor_minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


def minutes(found: Iterable[PulseMinute], until: datetime, count: int) -> list[PulseMinute]:
    """Exactly `count` ascending minutes, the last one before `until`; those without comments are zero."""
    by_minute = {one.minute: one for one in found}
    wanted = [until - (count - position) * _MINUTE for position in range(count)]
    return [by_minute.get(minute) or mood(minute, 0, 0, 0) for minute in wanted]


def mood(minute: datetime, positive: int, neutral: int, negative: int) -> PulseMinute:
    return PulseMinute(minute=minute, positive=positive, neutral=neutral, negative=negative)


def rising(
    figures: Iterable[Negatives], short_names: Mapping[str, str], recent_at: datetime
) -> list[RisingNegatives]:
    """Accounts with more negative comments since `recent_at`, and a greater share of them, than usual."""
    known = list(figures)
    hours = usual_hours([f.first_minute for f in known], recent_at)
    listed = [f for f in known if f.account_id in short_names and _is_rising(f, hours)]
    entries = [_entry(f, short_names[f.account_id], hours) for f in listed]
    return sorted(entries, key=_strength)[:MOST_LISTED]


def usual_hours(first_minutes: Iterable[datetime], recent_at: datetime) -> float:
    """Hours of the usual span that were observed at all; 0 when less than one: nothing is usual yet."""
    first = min(first_minutes, default=recent_at)
    hours = min(recent_at - first, USUAL) / timedelta(hours=1)
    return hours if hours >= 1 else 0.0


def times_usual(figure: Negatives, hours: float) -> float | None:
    """Recent negatives against those of an average hour before; None without any to compare with.

    An average hour counts as one negative at least: ten where there was one a day is no rise of 240 times.
    """
    if not hours or not figure.usual_negatives:
        return None
    return round(figure.negatives / max(1.0, figure.usual_negatives / hours), 2)


def _is_rising(figure: Negatives, hours: float) -> bool:
    if figure.negatives < LEAST_NEGATIVES:
        return False
    times = times_usual(figure, hours)
    if times is None:
        return True
    usual_share = figure.usual_negatives / figure.usual_comments
    return times > 1 and figure.negatives / figure.comments > usual_share


def _entry(figure: Negatives, short_name: str, hours: float) -> RisingNegatives:
    return RisingNegatives(
        account_id=figure.account_id,
        short_name=short_name,
        negative_share=round(figure.negatives / figure.comments, 4),
        negatives=figure.negatives,
        comments=figure.comments,
        times_usual=times_usual(figure, hours),
    )


def _strength(entry: RisingNegatives) -> tuple[float, int, str]:
    """Never before negative is the strongest rise there is."""
    times = float("inf") if entry.times_usual is None else entry.times_usual
    return (-times, -entry.negatives, entry.account_id)
