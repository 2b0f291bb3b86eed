import random
import subprocess
import sys

import pytest

from pantau.contracts.fields import Label
from services.sentiment.inference.labeller import Labeller, Prediction
from tests.unit.sentiment.conftest import SHIPPED
from tests.unit.sentiment.generated_texts import generated_texts


def fresh(threads: int = 2) -> Labeller:
    return Labeller.load(str(SHIPPED), threads=threads)


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return generated_texts(600)


@pytest.fixture(scope="module")
def alone(texts: list[str]) -> list[Prediction]:
    """Every text in a call of its own."""
    labeller = fresh()
    return [labeller.label([text])[0] for text in texts]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_label_does_not_depend_on_its_neighbours(
    texts: list[str], alone: list[Prediction], threads: int
) -> None:
    dice = random.Random(threads)
    orders = [range(len(texts)), sorted(range(len(texts)), key=lambda i: len(texts[i]))]
    orders += [dice.sample(range(len(texts)), len(texts)) for _ in range(2)]
    for order in orders:
        labeller, start = fresh(threads), 0
        while start < len(order):
            batch = order[start : start + dice.choice([1, 2, 3, 7, 32, 256])]
            assert labeller.label([texts[i] for i in batch]) == [alone[i] for i in batch]
            start += len(batch)


def test_probabilities_are_rounded_shares_and_the_label_is_the_largest(alone: list[Prediction]) -> None:
    for prediction in alone:
        shares = {
            Label.NEGATIVE: prediction.negative,
            Label.NEUTRAL: prediction.neutral,
            Label.POSITIVE: prediction.positive,
        }
        assert sum(shares.values()) == pytest.approx(1, abs=2e-4)
        assert all(share == round(share, 4) for share in shares.values())
        assert shares[prediction.label] == max(shares.values())


def test_every_label_occurs(alone: list[Prediction]) -> None:
    assert {prediction.label for prediction in alone} == set(Label)


def test_nothing_in_nothing_out(labeller: Labeller) -> None:
    assert labeller.label([]) == []


def test_equal_texts_are_read_once(labeller: Labeller) -> None:
    first = labeller.label(["Mantap!", "mantap!", "jelek"])
    assert first[0] == first[1]
    assert (labeller.statistics.texts, labeller.statistics.cache_hits) == (3, 1)
    tokens = labeller.statistics.tokens
    assert labeller.label(["MANTAP!"]) == [first[0]]
    assert (labeller.statistics.cache_hits, labeller.statistics.tokens) == (2, tokens)


def test_the_cache_forgets_the_least_recently_used() -> None:
    labeller = fresh()
    labeller._cached_texts = 2
    labeller.label(["satu", "dua"])
    labeller.label(["satu"])
    labeller.label(["tiga"])
    labeller.label(["satu"])
    assert labeller.statistics.cache_hits == 2
    labeller.label(["dua"])
    assert labeller.statistics.cache_hits == 2


def test_a_batch_larger_than_the_cache_is_labelled() -> None:
    labeller = fresh()
    labeller._cached_texts = 1
    assert len(labeller.label(["satu", "dua", "tiga", "satu"])) == 4


def test_unknown_tokens_are_counted(labeller: Labeller) -> None:
    labeller.label(["bagus"])
    assert labeller.statistics.unknown_tokens == 0
    labeller.label(["ᚠᚢᚦ"])
    assert labeller.statistics.unknown_tokens > 0


def test_the_version_names_the_model(labeller: Labeller) -> None:
    name, _, digest = labeller.version.partition("@")
    assert name
    assert len(digest) == 12


def test_no_torch_is_needed() -> None:
    program = f"""
import sys
sys.modules["torch"] = None
from services.sentiment.inference.labeller import Labeller
print(Labeller.load({str(SHIPPED)!r}, threads=1).label(["terima kasih"])[0].label)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in set(Label)
