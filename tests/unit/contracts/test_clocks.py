"""How far a sender's clock is ahead of ingest's, by what an event states."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.contracts.clocks import AHEAD_AFTER, ahead
from pantau.contracts.events import CommentObserved, MetricsObserved, Observation, PostObserved
from tests.support import samples, strategies
from tests.support.samples import of

RECEIVED = datetime(2026, 11, 21, 3, tzinfo=UTC)
SEVEN_HOURS = timedelta(hours=7)
post = PostObserved.model_validate_json(of(samples.POST))
reading = MetricsObserved.model_validate_json(of(samples.READING))
comment = CommentObserved.model_validate_json(of(samples.COMMENT))


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (post, "observed_at"),
        (post, "published_at"),
        (reading, "observed_at"),
        (comment, "observed_at"),
        (comment, "created_at"),
    ],
)
def test_each_instant_that_an_event_states_may_be_ahead(event: Observation, field: str) -> None:
    local_time_as_utc = event.model_copy(update={field: RECEIVED + SEVEN_HOURS})
    assert ahead(local_time_as_utc) == SEVEN_HOURS
    assert ahead(event) is None


@given(strategies.post_events, st.timedeltas(timedelta(0), AHEAD_AFTER))
def test_clock_that_is_a_little_ahead_is_not(event: Observation, by: timedelta) -> None:
    stated = {"observed_at", "published_at"} & type(event).model_fields.keys()
    assert ahead(event.model_copy(update=dict.fromkeys(stated, event.received_at + by))) is None


def test_five_minutes_are_not_ahead_and_more_is() -> None:
    assert ahead(comment.model_copy(update={"observed_at": RECEIVED - SEVEN_HOURS})) is None
    assert ahead(comment.model_copy(update={"observed_at": RECEIVED + AHEAD_AFTER})) is None
    beyond = AHEAD_AFTER + timedelta(microseconds=1)
    assert ahead(comment.model_copy(update={"observed_at": RECEIVED + beyond})) == beyond
