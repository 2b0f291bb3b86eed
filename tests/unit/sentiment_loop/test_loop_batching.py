from collections.abc import Sequence
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.contracts.codec import encode
from pantau.contracts.events import LabelledComment, Probabilities
from pantau.contracts.fields import MAX_COMMENT_CHARACTERS, Label
from pantau.runtime.errors import RetryableError
from services.sentiment.worker.batching import Arrival, Limits, by_account, decode, gather, next_offsets
from tests.support.sentiment_fakes import NOON, arrival, comment

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
COMMENTS = st.lists(st.tuples(st.sampled_from(["dinkes", "disdik", "rsud-ä", "a" * 128]), TEXTS), max_size=60)


def labelled(number: int, account: str, text: str) -> LabelledComment:
    return LabelledComment(
        **dict(comment(number, account, text)),
        label=Label.NEUTRAL,
        probabilities=Probabilities(negative=0.1, neutral=0.8, positive=0.1),
        model_version="words@1",
        labelled_at=NOON,
    )


@given(COMMENTS, st.integers(1, 20), st.integers(2_500, 20_000))
def test_every_comment_travels_once_in_its_accounts_order_within_the_limits(
    drawn: list[tuple[str, str]], most_comments: int, most_bytes: int
) -> None:
    comments = [labelled(n, account, text) for n, (account, text) in enumerate(drawn)]
    messages = by_account(comments, most_comments, most_bytes)

    for account in {each.account_id for each in comments}:
        sent = [c for m in messages if m.account_id == account for c in m.comments]
        assert sent == [c for c in comments if c.account_id == account]
    assert sum(len(message.comments) for message in messages) == len(comments)
    for message in messages:
        assert len(message.comments) <= most_comments
        assert {c.account_id for c in message.comments} == {message.account_id}
        assert len(encode(message)) <= most_bytes


@given(COMMENTS, st.integers(1, 20))
def test_no_message_could_have_taken_the_next_comment(
    drawn: list[tuple[str, str]], most_comments: int
) -> None:
    comments = [labelled(n, account, text) for n, (account, text) in enumerate(drawn)]
    messages = by_account(comments, most_comments)
    for _, run in groupby(messages, key=lambda message: message.account_id):
        *full, _last = run
        assert all(len(message.comments) == most_comments for message in full)


def test_the_longest_comments_stay_below_the_size_of_a_message() -> None:
    comments = [labelled(n, "dinkes", "\x01" * MAX_COMMENT_CHARACTERS) for n in range(40)]
    messages = by_account(comments)
    assert len(messages) > 1
    assert all(len(encode(message)) <= 512 * 1024 for message in messages)


def test_a_comment_larger_than_a_message_travels_alone() -> None:
    messages = by_account([labelled(n, "dinkes", "x" * 5_000) for n in range(3)], most_bytes=3_000)
    assert [len(message.comments) for message in messages] == [1, 1, 1]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 10_000)), max_size=50))
def test_the_next_offset_stands_behind_the_last_of_each_partition(drawn: list[tuple[int, int]]) -> None:
    offsets = next_offsets(arrival(offset, b"", partition) for partition, offset in drawn)
    assert offsets == {p: max(o for q, o in drawn if q == p) + 1 for p, _ in drawn}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"\xff\xfe not json", "not_json"),
        (b"", "not_json"),
        (b"{}", "invalid"),
        (encode(comment(1)).replace(b'"schema_version":1', b'"schema_version":9'), "unknown_version"),
    ],
)
def test_what_cannot_be_read_is_refused_beside_the_good(payload: bytes, reason: str) -> None:
    bad = arrival(1, payload)
    comments, refused = decode([arrival(0, encode(comment(0))), bad, arrival(2, encode(comment(2)))])
    assert [each.comment_id for each in comments] == ["c0", "c2"]
    assert [(each.arrival, each.error.reason) for each in refused] == [(bad, reason)]


class Stream:
    """Records at given instants; polling moves the clock, as waiting would."""

    def __init__(self, *arrivals_at: float, payload: bytes = b"x") -> None:
        self.pending = [(at, arrival(n, payload)) for n, at in enumerate(arrivals_at)]
        self.now = 0.0
        self.broken = False

    async def poll(self, seconds: float, most: int) -> Sequence[Arrival]:
        if self.broken:
            raise RetryableError("away")
        deadline = self.now + seconds
        if not self.pending or self.pending[0][0] > deadline:
            self.now = deadline
            return []
        self.now = max(self.now, self.pending[0][0])
        ready = [each for at, each in self.pending if at <= self.now][:most]
        self.pending = self.pending[len(ready) :]
        return ready


async def test_a_batch_closes_when_it_is_full() -> None:
    stream = Stream(*[0.0] * 7)
    batch = await gather(stream.poll, Limits(comments=5, seconds=0.2), lambda: stream.now)
    assert [each.origin.offset for each in batch.arrivals] == [0, 1, 2, 3, 4]
    assert stream.now == 0.0


async def test_a_batch_closes_its_milliseconds_after_the_first_arrival() -> None:
    stream = Stream(0.5, 0.6, 0.69, 0.71, 0.9)
    batch = await gather(stream.poll, Limits(comments=100, seconds=0.2), lambda: stream.now)
    assert [each.origin.offset for each in batch.arrivals] == [0, 1, 2]
    assert batch.opened_seconds == 0.5


async def test_a_batch_closes_when_its_bytes_are_many() -> None:
    stream = Stream(0.0, 0.01, 0.02, payload=b"x" * 600)
    batch = await gather(stream.poll, Limits(comments=100, seconds=1, bytes=1_000), lambda: stream.now)
    assert len(batch.arrivals) == 2


async def test_quiet_gives_an_empty_batch() -> None:
    stream = Stream()
    batch = await gather(stream.poll, Limits(comments=5, seconds=0.2), lambda: stream.now)
    assert batch.arrivals == ()


async def test_what_was_handed_out_survives_a_failing_poll() -> None:
    stream = Stream(0.0, 0.01)
    limits = Limits(comments=5, seconds=0.2)

    async def poll_once(seconds: float, most: int) -> Sequence[Arrival]:
        found = await stream.poll(seconds, most)
        stream.broken = True
        return found

    batch = await gather(poll_once, limits, lambda: stream.now)
    assert [each.origin.offset for each in batch.arrivals] == [0]
    with pytest.raises(RetryableError):
        await gather(poll_once, limits, lambda: stream.now)
