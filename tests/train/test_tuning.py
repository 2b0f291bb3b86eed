"""The shipped model's tuning, on a model of a few thousand weights."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import BertForMaskedLM, PreTrainedTokenizerFast

from services.sentiment.train import tokenizer
from services.sentiment.train.corpus import Corpus, Row
from services.sentiment.train.pretrain import configuration, pretrain_further, steady
from services.sentiment.train.recipe import Continuation, Finetuning, Recipe, Shape
from services.sentiment.train.stage_cache import Pretrained
from services.sentiment.train.tuning import tune, tune_first
from services.sentiment.train.weight_averaging import averaged, choose

TEXTS = [f"jalan {word} sekali" for word in ("rusak", "biasa", "bagus")] * 12
ROWS = [Row(text, index % 3) for index, text in enumerate(TEXTS)]
SHAPE = Shape(vocabulary=60, layers=1, hidden=16, heads=2, feed_forward=32, max_tokens=16)
RECIPE = Recipe(shape=SHAPE, finetuning=Finetuning(epochs=2, batch_rows=8), tuning_seeds=(5, 6))
CORPUS = Corpus(texts={"comments": TEXTS}, train=ROWS, validation={"own": ROWS[:9]})


@pytest.fixture(scope="module")
def basis() -> Pretrained:
    torch.set_num_threads(1)  # so small that threads would only wait for each other
    torch.manual_seed(1)
    pieces = tokenizer.train(CORPUS.texts, SHAPE)
    return pieces, BertForMaskedLM(configuration(pieces, RECIPE)), {}


def test_seeds_part_and_are_read_back(tmp_path: Path, basis: Pretrained) -> None:
    made = tune(tmp_path, CORPUS, RECIPE, basis, _silent)
    stored = sorted(path.stat().st_mtime_ns for path in tmp_path.glob("tuned-*/facts.json"))
    again = tune(tmp_path, CORPUS, RECIPE, basis, _silent)
    assert sorted(path.stat().st_mtime_ns for path in tmp_path.glob("tuned-*/facts.json")) == stored
    first, second = (_weights(made.models[seed].model) for seed in (5, 6))
    assert not torch.equal(first, second)
    assert torch.equal(first, _weights(again.models[5].model))


def test_a_seed_does_not_depend_on_those_before_it(tmp_path: Path, basis: Pretrained) -> None:
    both = tune(tmp_path / "both", CORPUS, RECIPE, basis, _silent)
    alone = tune(tmp_path / "alone", CORPUS, replace(RECIPE, tuning_seeds=(6,)), basis, _silent)
    assert torch.equal(_weights(both.models[6].model), _weights(alone.models[6].model))


def test_the_first_member_is_read_back_and_no_seed_of_the_second(tmp_path: Path, basis: Pretrained) -> None:
    plan = replace(RECIPE, first_member=replace(RECIPE.finetuning, shared_epochs=0, smsa_part=1.0))
    made, seconds = tune_first(tmp_path, CORPUS, plan, basis, _silent)
    again, same_seconds = tune_first(tmp_path, CORPUS, plan, basis, _silent)
    assert len(made.history) == plan.first_member.epochs
    assert seconds == same_seconds
    assert torch.equal(_weights(made.model), _weights(again.model))
    other = tune(tmp_path, CORPUS, plan, basis, _silent).models[5]
    assert not torch.equal(_weights(made.model), _weights(other.model))


def test_the_average_lies_between(tmp_path: Path, basis: Pretrained) -> None:
    made = tune(tmp_path, CORPUS, RECIPE, basis, _silent)
    models = [one.model for one in made.models.values()]
    middle = (_weights(models[0]) + _weights(models[1])) / 2
    assert torch.allclose(_weights(averaged(models)), middle, atol=1e-6)
    chosen = choose(made.models, basis[0], CORPUS.validation, RECIPE)
    both = ({"5", "6", "5+6"}, {"5", "6", "6+5"})
    assert set(chosen.scores) in both
    name = "+".join(map(str, chosen.seeds))
    assert chosen.scores[name]["own"] == max(scores["own"] for scores in chosen.scores.values())


def test_the_second_round_goes_on_from_the_first(basis: Pretrained) -> None:
    pieces: PreTrainedTokenizerFast = basis[0]
    model = BertForMaskedLM(configuration(pieces, RECIPE))
    before = _weights(model)
    plan = Continuation(tokens=2000, batch_tokens=64, source_weights={"comments": 1.0, "word_pairs": 2.0})
    texts = {**CORPUS.texts, "word_pairs": ["jalan dalan . rusak rusak"]}
    facts = pretrain_further(model, texts, pieces, replace(RECIPE, continuation=plan), _silent)
    assert facts["tokens"] == 2000
    assert not torch.equal(before, _weights(model))


def test_the_rate_is_constant_and_then_cools() -> None:
    plan = Continuation(warmup_steps=10, cooling=0.5)
    rates = [steady(step, 100, plan) for step in range(101)]
    assert rates[:10] == pytest.approx([n / 10 for n in range(1, 11)])
    assert set(rates[10:51]) == {1.0}
    assert rates[75] == pytest.approx(0.5)
    assert rates[100] == 0.0


def _weights(model: torch.nn.Module) -> torch.Tensor:
    return torch.cat([value.detach().flatten() for value in model.parameters()])


def _silent(_share: float, _remark: str) -> None:
    pass
