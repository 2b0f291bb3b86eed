"""Which readings will count nothing yet: the first one of a post that is older than its account's start.

Mirrors what scoring does (`pantau/score/bucket_sql.py`), as far as a sender of files can know it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

_Post = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Baseline:
    """`posts` start from a baseline; of these, `alone` have no second reading here."""

    posts: int
    alone: int


@dataclass(slots=True)
class Baselines:
    _published: dict[_Post, datetime] = field(default_factory=dict)
    _read: dict[_Post, tuple[datetime, datetime]] = field(default_factory=dict)

    def note(self, event: Mapping[str, Any]) -> None:
        if event["type"] == "post.observed":
            self._published[_post(event)] = event["published_at"]
        elif event["type"] == "metrics.observed":
            at = event["observed_at"]
            first, last = self._read.get(_post(event), (at, at))
            self._read[_post(event)] = (min(first, at), max(last, at))

    def found(self, onboarded_at: Mapping[str, datetime], shift: timedelta) -> Baseline:
        """Given since when each account is watched. Posts of unknown age or account are not counted."""
        older = [
            post
            for post in self._read
            if post in self._published
            and post[0] in onboarded_at
            and self._published[post] + shift < onboarded_at[post[0]]
        ]
        return Baseline(len(older), sum(self._read[post][0] == self._read[post][1] for post in older))


def _post(event: Mapping[str, Any]) -> _Post:
    return event["account_id"], event["platform"], event["post_id"]
