import asyncio
import base64
import threading
from collections.abc import Sequence

import pytest

from pantau.contracts import topics
from pantau.contracts.codec import encode
from pantau.contracts.events import DeadLetter
from pantau.runtime.errors import RetryableError
from services.sentiment.worker.batching import Batch
from tests.support.sentiment_fakes import (
    NOON,
    FakePrediction,
    Journal,
    WordLabeller,
    arrival,
    batch,
    comment,
)
from tests.support.sentiment_worker import Batches, labelled_comments, worker


async def test_a_batch_is_published_by_account_before_it_is_committed() -> None:
    journal = Journal()
    async with worker(journal, WordLabeller()) as each:
        await each.handle(
            batch(comment(0), comment(1, "disdik", "buruk"), comment(2, text="kapan buka"), start=10)
        )
    assert journal.steps == [topics.LABELLED, "commit"]
    assert journal.committed == [{0: 13}]
    assert [record.key for record in journal.of(topics.LABELLED)] == [b"dinkes", b"disdik"]
    assert [(c.comment_id, c.label) for c in labelled_comments(journal)] == [
        ("c0", "positive"),
        ("c2", "neutral"),
        ("c1", "negative"),
    ]
    assert {(c.model_version, c.labelled_at) for c in labelled_comments(journal)} == {("words@1", NOON)}


async def test_the_unreadable_goes_to_dead_letters_first_with_its_bytes_and_origin() -> None:
    journal = Journal()
    poison = b"\x00\xff{"
    arrivals = (arrival(4, encode(comment(0))), arrival(5, poison))
    async with worker(journal, WordLabeller()) as each:
        await each.handle(Batch(arrivals, 0.0))
    assert journal.steps == [topics.DEAD_LETTERS, topics.LABELLED, "commit"]
    assert journal.committed == [{0: 6}]
    (record,) = journal.of(topics.DEAD_LETTERS)
    letter = DeadLetter.model_validate_json(record.value)
    assert base64.b64decode(letter.payload_base64) == poison
    assert (letter.topic, letter.partition, letter.offset) == (topics.COMMENTS, 0, 5)
    assert (letter.service, letter.reason) == ("sentiment", "not_json")


async def test_a_deleted_comment_passes_without_label_and_without_the_model() -> None:
    journal, labeller = Journal(), WordLabeller()
    async with worker(journal, labeller) as each:
        await each.handle(batch(comment(0, deleted=True)))
        await each.handle(batch(comment(1, text="buruk"), comment(2, deleted=True), comment(3)))
    assert labeller.calls == [["buruk", "bagus sekali"]]
    assert [(c.comment_id, c.label, c.probabilities is None) for c in labelled_comments(journal)] == [
        ("c0", None, True),
        ("c1", "negative", False),
        ("c2", None, True),
        ("c3", "positive", False),
    ]


async def test_a_publish_is_repeated_until_kafka_is_back() -> None:
    journal = Journal(failures=2)
    async with worker(journal, WordLabeller()) as each:
        await each.handle(batch(comment(0)))
    assert journal.steps == ["failed", "failed", topics.LABELLED, "commit"]


async def test_nothing_is_committed_when_kafka_stays_away() -> None:
    journal = Journal(failures=1_000)
    async with worker(journal, WordLabeller(), retry_seconds=0.3) as each:
        with pytest.raises(RetryableError):
            await each.handle(batch(comment(0)))
    assert set(journal.steps) == {"failed"}


async def test_nothing_is_committed_when_dead_letters_cannot_be_written() -> None:
    journal = Journal(failures=1_000)
    async with worker(journal, WordLabeller(), retry_seconds=0.3) as each:
        with pytest.raises(RetryableError):
            await each.handle(Batch((arrival(0, b"?"),), 0.0))
    assert set(journal.steps) == {"failed"}


async def test_a_model_that_answers_too_little_ends_the_worker() -> None:
    class Short(WordLabeller):
        def label(self, texts: Sequence[str]) -> list[FakePrediction]:
            return super().label(texts)[:-1]

    journal = Journal()
    async with worker(journal, Short()) as each:
        with pytest.raises(ValueError, match="number of predictions"):
            await each.handle(batch(comment(0), comment(1)))
    assert journal.steps == []


async def test_an_idle_batch_lets_owed_commits_through() -> None:
    journal, labeller = Journal(), WordLabeller()
    async with worker(journal, labeller) as each:
        await each.handle(Batch((), 0.0))
    assert (journal.steps, journal.committed, labeller.calls) == (["commit"], [{}], [])


class Gated(WordLabeller):
    """Labels only once it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.started = threading.Event()
        self.gate = threading.Event()

    def label(self, texts: Sequence[str]) -> list[FakePrediction]:
        self.started.set()
        self.gate.wait(30)
        return super().label(texts)


async def test_one_batch_is_fetched_ahead_and_no_more() -> None:
    journal, labeller = Journal(), Gated()
    source = Batches(journal, (batch(comment(n), start=n) for n in range(5)))
    stop = asyncio.Event()
    async with worker(journal, labeller, source) as each:
        running = asyncio.ensure_future(each.run(stop))
        await asyncio.to_thread(labeller.started.wait, 30)
        for _ in range(100):
            await asyncio.sleep(0)
        assert source.handed_out == 2
        labeller.gate.set()
        await source.exhausted.wait()
        stop.set()
        await running
    assert [c.comment_id for c in labelled_comments(journal)] == [f"c{n}" for n in range(5)]
    assert journal.committed == [{0: n + 1} for n in range(5)]


async def test_a_stop_finishes_the_batch_in_hand_and_leaves_the_next() -> None:
    journal, labeller = Journal(), Gated()
    source = Batches(journal, (batch(comment(n), start=n) for n in range(5)))
    stop = asyncio.Event()
    async with worker(journal, labeller, source) as each:
        running = asyncio.ensure_future(each.run(stop))
        await asyncio.to_thread(labeller.started.wait, 30)
        stop.set()
        labeller.gate.set()
        await running
    assert [c.comment_id for c in labelled_comments(journal)] == ["c0"]
    assert journal.steps == [topics.LABELLED, "commit"]


async def test_a_failure_ends_the_run() -> None:
    class Broken(WordLabeller):
        def label(self, texts: Sequence[str]) -> list[FakePrediction]:
            raise RuntimeError(f"no memory for {len(texts)} texts")

    journal = Journal()
    source = Batches(journal, iter([batch(comment(0))]))
    async with worker(journal, Broken(), source) as each:
        with pytest.raises(RuntimeError, match="no memory"):
            await each.run(asyncio.Event())
    assert journal.steps == []
