"""One model from several that were tuned from the same weights, by the mean of their weights.

Wortsman et al. 2022, "Model soups": the cost of one model, most of the steadiness of many.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from services.sentiment.train.corpus import Row
from services.sentiment.train.finetune import Finetuned, selection, validation_scores
from services.sentiment.train.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Choice:
    seeds: list[int]  # whose weights were averaged
    model: PreTrainedModel
    scores: dict[str, dict[str, float]]  # candidate, its seeds joined by + -> validation set -> macro-F1


def choose(
    tuned: Mapping[int, Finetuned],
    tokenizer: PreTrainedTokenizerBase,
    validation: Mapping[str, list[Row]],
    recipe: Recipe,
) -> Choice:
    """The paper's greedy soup: from the best down, a seed joins the average where `selection` rises by it."""
    scores: dict[str, dict[str, float]] = {}

    def worth(model: PreTrainedModel, seeds: list[int]) -> float:
        name = "+".join(map(str, seeds))
        scores[name] = validation_scores(model, tokenizer, validation, recipe)
        return selection(scores[name])

    alone = {seed: worth(one.model, [seed]) for seed, one in tuned.items()}
    first, *others = sorted(alone, key=lambda seed: -alone[seed])
    seeds, best = [first], alone[first]
    for seed in others:
        value = worth(averaged([tuned[one].model for one in [*seeds, seed]]), [*seeds, seed])
        if value > best:
            seeds, best = [*seeds, seed], value
    return Choice(seeds, averaged([tuned[seed].model for seed in seeds]), scores)


def averaged(models: Sequence[PreTrainedModel]) -> PreTrainedModel:
    mean = copy.deepcopy(models[0])
    every = zip(*(model.parameters() for model in models), strict=True)
    with torch.no_grad():
        for kept, values in zip(mean.parameters(), every, strict=True):
            kept.copy_(torch.stack(values).mean(dim=0))
    return mean
