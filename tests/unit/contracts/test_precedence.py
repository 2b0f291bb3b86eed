"""The rank that decides which of two observations of the same thing holds."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pantau.contracts.codec import decode_comment, decode_labelled
from pantau.contracts.events import (
    FlagReviewed,
    LabelCorrected,
    LabelledComment,
    MetricsObserved,
    Observation,
    PostObserved,
)
from pantau.contracts.precedence import precedence
from tests.support import samples, strategies
from tests.support.samples import of

TICK = timedelta(microseconds=1)
moments = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
anything: st.SearchStrategy[Any] = st.one_of(
    strategies.posts,
    strategies.readings,
    strategies.followers,
    strategies.labelled,
    strategies.accounts,
    strategies.corrections,
    strategies.reviews,
)


def changed(event: Any, **changes: Any) -> Any:
    return event.model_copy(update=changes)


@given(anything)
def test_fits_128_bits_and_depends_on_the_content_alone(event: Any) -> None:
    rank = precedence(event)
    assert 0 <= rank < 2**128
    assert precedence(type(event).model_validate_json(event.model_dump_json())) == rank


@given(strategies.posts, moments, st.booleans())
def test_later_observation_wins_whatever_else_it_says(
    post: PostObserved, at: datetime, deleted: bool
) -> None:
    earlier = changed(post, observed_at=at, deleted=True)
    later = changed(post, observed_at=at + TICK, deleted=deleted)
    assert precedence(later) > precedence(earlier)


@given(strategies.labelled, strategies.instants)
def test_deletion_wins_over_the_same_instant(comment: LabelledComment, labelled_at: datetime) -> None:
    standing = changed(comment, deleted=False, labelled_at=labelled_at)
    assert precedence(changed(comment, deleted=True)) > precedence(standing)


@given(strategies.labelled, moments)
def test_later_label_wins_over_the_same_observation(comment: LabelledComment, at: datetime) -> None:
    first = changed(comment, labelled_at=at)
    assert precedence(changed(comment, labelled_at=at + TICK)) > precedence(first)


@given(strategies.corrections, strategies.corrections, moments)
def test_later_correction_wins_whatever_it_says(
    one: LabelCorrected, other: LabelCorrected, at: datetime
) -> None:
    assert precedence(changed(one, corrected_at=at + TICK)) > precedence(changed(other, corrected_at=at))


@given(strategies.reviews, strategies.reviews, moments)
def test_later_review_wins_whatever_it_says(one: FlagReviewed, other: FlagReviewed, at: datetime) -> None:
    assert precedence(changed(one, reviewed_at=at + TICK)) > precedence(changed(other, reviewed_at=at))


@given(strategies.labelled)
def test_being_read_again_says_nothing(comment: LabelledComment) -> None:
    assert precedence(changed(comment, relabelled=True)) == precedence(comment)


@given(strategies.readings, strategies.instants)
def test_time_of_receipt_says_nothing(reading: MetricsObserved, received_at: datetime) -> None:
    assert precedence(changed(reading, received_at=received_at)) == precedence(reading)


@given(strategies.posts, strategies.texts)
def test_undecided_pair_is_decided_alike_everywhere(post: PostObserved, text: str) -> None:
    """Two senders that contradict each other about one instant: not who is right, only that all agree."""
    other = changed(post, text=text)
    winners = {max(order, key=precedence).text for order in permutations((post, other))}
    assert len(winners) == 1 or precedence(post) == precedence(other)


@given(st.lists(strategies.posts, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_matter(posts: list[PostObserved], random: Any) -> None:
    shuffled = posts.copy()
    random.shuffle(shuffled)
    assert precedence(max(posts, key=precedence)) == precedence(max(shuffled, key=precedence))


def test_observations_without_a_label_count_as_labelled_never() -> None:
    observed: Observation = decode_comment(of(samples.COMMENT))
    (labelled,), _ = decode_labelled(of(samples.BATCH))
    assert precedence(labelled) > precedence(observed)
