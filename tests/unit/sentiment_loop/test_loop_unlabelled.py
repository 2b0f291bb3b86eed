"""A text on which the model fails goes to dead letters; the flow goes on."""

import base64
from collections.abc import Sequence

import pytest
from prometheus_client import REGISTRY

from pantau.contracts import topics
from pantau.contracts.codec import encode
from pantau.contracts.events import DeadLetter
from services.sentiment.worker.batching import Batch
from services.sentiment.worker.labelling import HARMLESS, Unlabelled, isolated
from tests.support.sentiment_fakes import FakePrediction, Journal, WordLabeller, arrival, batch, comment
from tests.support.sentiment_worker import labelled_comments, worker


class Choking(WordLabeller):
    """Fails on every call that holds the word `racun`."""

    def label(self, texts: Sequence[str]) -> list[FakePrediction]:
        if any("racun" in text for text in texts):
            self.calls.append(list(texts))
            raise RuntimeError("index out of bounds")
        return super().label(texts)


class Broken(WordLabeller):
    def label(self, texts: Sequence[str]) -> list[FakePrediction]:
        raise RuntimeError(f"no memory for {len(texts)} texts")


def total(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0.0


@pytest.mark.parametrize("place", range(5))
async def test_one_text_is_isolated_wherever_it_stands(place: int) -> None:
    journal = Journal()
    comments = [comment(n, text="racun" if n == place else "bagus") for n in range(5)]
    arrivals = (arrival(20, b"?"), *batch(*comments, start=21).arrivals)
    async with worker(journal, Choking()) as each:
        await each.handle(Batch(arrivals, 0.0))
    assert journal.steps == [topics.DEAD_LETTERS, topics.DEAD_LETTERS, topics.LABELLED, "commit"]
    assert journal.committed == [{0: 26}]
    letters = [DeadLetter.model_validate_json(r.value) for r in journal.of(topics.DEAD_LETTERS)]
    assert [letter.reason for letter in letters] == ["not_json", "unlabelled"]
    assert letters[1].offset == 21 + place
    assert "index out of bounds" in letters[1].detail
    assert base64.b64decode(letters[1].payload_base64) == encode(comments[place])
    others = [f"c{n}" for n in range(5) if n != place]
    assert [(c.comment_id, c.label) for c in labelled_comments(journal)] == [(n, "positive") for n in others]


async def test_deleted_comments_between_do_not_shift_the_blame() -> None:
    journal = Journal()
    comments = [comment(0, deleted=True), comment(1, text="racun"), comment(2, deleted=True), comment(3)]
    async with worker(journal, Choking()) as each:
        await each.handle(batch(*comments))
    (record,) = journal.of(topics.DEAD_LETTERS)
    assert DeadLetter.model_validate_json(record.value).offset == 1
    assert [(c.comment_id, c.label) for c in labelled_comments(journal)] == [
        ("c0", None),
        ("c2", None),
        ("c3", "positive"),
    ]


def test_the_search_halves() -> None:
    labeller = Choking()
    texts = [f"bagus {n}" for n in range(256)]
    texts[77] = "racun"
    outcomes = isolated(labeller, texts)
    assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Unlabelled)] == [77]
    assert len(labeller.calls) <= 2 * 8 + 2
    assert labeller.calls.count([HARMLESS]) == 1


def test_a_model_that_fails_on_everything_is_not_the_texts_fault() -> None:
    with pytest.raises(RuntimeError, match="no memory"):
        isolated(Broken(), ["bagus", "buruk", "kapan"])


async def test_tokens_and_the_oldest_age_are_measured() -> None:
    journal = Journal()
    before = total("pantau_label_tokens_total"), total("pantau_label_unknown_tokens_total")
    async with worker(journal, WordLabeller()) as each:
        await each.handle(batch(comment(0, text="bagus ? sekali"), comment(1, text="buruk")))
        assert total("pantau_queue_age_seconds") == 2
        await each.handle(Batch((), 0.0))
    assert total("pantau_queue_age_seconds") == 0
    after = total("pantau_label_tokens_total"), total("pantau_label_unknown_tokens_total")
    assert (after[0] - before[0], after[1] - before[1]) == (4, 1)
