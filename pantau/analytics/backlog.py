"""The backlog of the figures: since when what ingest acknowledged has not reached them. Pure.

A record on Kafka waits while nothing is stored of its flow that arrived as late as it did. Which message it
is, is not known: one that is never stored, a dead letter, waits until a later one is.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pantau.contracts import topics

USUAL = timedelta(seconds=30)  # what a record may take from Kafka to the figures
WRITING = timedelta(seconds=15)  # what an arrival may take to become a record, in ingest
REMEMBERED = timedelta(hours=1)  # how long a record waits at most, unless others came after it
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


class Flow(StrEnum):
    """What comes to scoring on one way, and may stand still alone."""

    POSTS = "posts"  # and readings
    COMMENTS = "comments"


TOPICS = {Flow.POSTS: topics.POSTS, Flow.COMMENTS: topics.COMMENTS}


def waiting_from(stored: datetime | None) -> datetime:
    """Records written before this may be of what arrived at `stored`, the newest of the flow that is."""
    return _EARLIEST if stored is None else stored + WRITING


def remembered_from(stored: datetime | None, now: datetime) -> datetime:
    return max(waiting_from(stored), now - REMEMBERED)


def behind_since(first: datetime | None, remembered: datetime | None, now: datetime) -> datetime | None:
    """When the first record that waits was written; None: none waits for longer than usual.

    `first` and `remembered` are when the first record was written since `waiting_from` and `remembered_from`.
    """
    if remembered is None or now - remembered <= USUAL:
        return None
    return first
