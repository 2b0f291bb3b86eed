"""Clock skew: stamps of other machines' clocks, held against this one's."""

from datetime import datetime


class FirstSeen:
    """When each stamp was seen first: one of a clock that runs ahead counts from then, and for good."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[datetime, datetime]] = {}

    def of(self, name: str, stamp: datetime, now: datetime) -> datetime:
        """`stamp`, newest of its `name`, but never later than it was seen first."""
        if name not in self._known or self._known[name][0] != stamp:
            self._known[name] = (stamp, now)
        return min(self._known[name])
