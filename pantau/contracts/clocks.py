"""A sender's clock against ingest's: an event of the future is taken, and said to be one."""

from datetime import timedelta

from pantau.contracts.events import CommentObserved, Observation, PostObserved

# What clocks that are set by NTP, or by hand, differ by at most. Migration 0013 has it in SQL.
AHEAD_AFTER = timedelta(minutes=5)


def ahead(event: Observation) -> timedelta | None:
    """How far the latest instant that the event states lies beyond its arrival; None up to AHEAD_AFTER."""
    stated = [event.observed_at]
    match event:
        case PostObserved():
            stated.append(event.published_at)
        case CommentObserved():
            stated.append(event.created_at)
        case _:
            pass
    beyond = max(stated) - event.received_at
    return beyond if beyond > AHEAD_AFTER else None
