"""How busy the hours of a day are in Bandar Lampung (WIB, UTC+7, no daylight saving)."""

from datetime import datetime, timedelta, timezone
from random import Random

WIB = timezone(timedelta(hours=7))
_BUSY = (2, 1, 1, 1, 2, 5, 9, 12, 12, 10, 10, 11, 13, 11, 9, 9, 10, 11, 13, 15, 16, 14, 10, 5)
_OFFICE = (0, 0, 0, 0, 0, 1, 3, 8, 14, 16, 14, 11, 8, 11, 14, 12, 8, 4, 3, 3, 2, 1, 0, 0)


def instants(
    rng: Random, count: int, until: datetime, span: timedelta, *, office: bool = False
) -> list[datetime]:
    """`count` instants in the `span` before `until`, denser at busy hours, ascending."""
    weights = _OFFICE if office else _BUSY
    most = max(weights)
    found: list[datetime] = []
    while len(found) < count:
        instant = until - span * rng.random()
        if rng.random() * most <= weights[instant.astimezone(WIB).hour] + 0.1:
            found.append(instant)
    return sorted(found)
