"""Three labels on top of the pretrained model: R-Drop, averaged weights, early stopping."""

import copy
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from transformers import (
    BertForMaskedLM,
    BertForSequenceClassification,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from services.sentiment.evaluate.__main__ import macro_f1
from services.sentiment.train.batches import by_length, pad
from services.sentiment.train.corpus import LABELS, SMSA, Row
from services.sentiment.train.noise import noisy
from services.sentiment.train.pretrain import Progress, encode, schedule, use_bfloat16
from services.sentiment.train.recipe import Finetuning, Recipe

Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Examples:
    texts: list[str]  # normalised
    targets: torch.Tensor  # int64 [rows]: indices into LABELS; or float32 [rows, 3]: probabilities
    reviews: frozenset[int] = frozenset()  # indices of SmSA's rows, see `Finetuning.smsa_part`


@dataclass(frozen=True, slots=True)
class Finetuned:
    model: PreTrainedModel
    history: list[dict[str, float]]  # per epoch: loss and macro-F1 of every validation set


def labelled(rows: Sequence[Row]) -> Examples:
    reviews = frozenset(index for index, row in enumerate(rows) if row.source == SMSA)
    return Examples([row.text for row in rows], torch.tensor([row.label for row in rows]), reviews)


def finetune(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    examples: Examples,
    validation: Mapping[str, list[Row]],
    *,
    recipe: Recipe,
    progress: Progress,
) -> Finetuned:
    """The epoch with the best `selection`; stops when `patience` epochs brought nothing. Trains `model`."""
    return _best(_Run(model, tokenizer, examples, recipe), validation, 0, progress)


def finetune_apart(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    examples: Examples,
    validation: Mapping[str, list[Row]],
    *,
    recipe: Recipe,
    seeds: Sequence[int],
    progress: Progress,
) -> Iterator[tuple[int, Finetuned]]:
    """Each seed goes on alone after `shared_epochs` passes together; its best epoch, as it is found."""
    if not seeds:
        return
    plan = recipe.finetuning
    start = replace(recipe, finetuning=replace(plan, r_drop=plan.shared_r_drop))
    together = _Run(model, tokenizer, examples, start)
    for epoch in range(plan.shared_epochs):
        together.epoch(epoch, progress)
    for seed in seeds:
        yield seed, _best(together.branch(recipe, seed), validation, plan.shared_epochs, progress)


def _best(run: "_Run", validation: Mapping[str, list[Row]], done: int, progress: Progress) -> Finetuned:
    plan = run.recipe.finetuning
    best, best_mean, history = copy.deepcopy(run.averaged), -1.0, list[dict[str, float]]()
    for epoch in range(done, plan.epochs):
        loss = run.epoch(epoch, progress)
        scores = validation_scores(run.averaged, run.tokenizer, validation, run.recipe)
        history.append({"epoch": epoch + 1, "loss": loss, "mean": selection(scores), **scores})
        if history[-1]["mean"] > best_mean:
            best, best_mean = copy.deepcopy(run.averaged), history[-1]["mean"]
        elif epoch + 1 - max(history, key=lambda row: row["mean"])["epoch"] >= plan.patience:
            break
    return Finetuned(best, history)


def selection(scores: Mapping[str, float]) -> float:
    """One vote for each set, and one for the NusaX languages together (each of those has only 95 rows)."""
    nusax = [score for name, score in scores.items() if name.startswith("nusax")]
    votes = [score for name, score in scores.items() if not name.startswith("nusax")]
    if nusax:
        votes.append(float(np.mean(nusax)))
    return float(np.mean(votes))


def validation_scores(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    validation: Mapping[str, list[Row]],
    recipe: Recipe,
) -> dict[str, float]:
    return {
        name: macro_f1(
            [row.label for row in rows],
            logits(model, tokenizer, [row.text for row in rows], recipe).argmax(axis=1).tolist(),
        )
        for name, rows in validation.items()
    }


def logits(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    recipe: Recipe,
) -> Logits:
    """float32 [texts, labels], in the order of `texts`."""
    model.eval()
    encoded = encode(tokenizer, texts, recipe.shape.max_tokens)
    order = sorted(range(len(texts)), key=lambda index: len(encoded[index]))
    result = np.zeros((len(texts), len(LABELS)), dtype=np.float32)
    for start in range(0, len(order), 64):
        part = order[start : start + 64]
        ids, mask = _on(model, *pad([encoded[index] for index in part], tokenizer.pad_token_id))
        with torch.inference_mode():
            result[part] = model(input_ids=ids, attention_mask=mask).logits.cpu().numpy()
    return result


class _Run:
    """Optimiser state and the running average of the weights."""

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        examples: Examples,
        recipe: Recipe,
    ) -> None:
        self.model, self.averaged = model, copy.deepcopy(model)
        self.tokenizer, self.recipe, self._examples = tokenizer, recipe, examples
        self._dice = random.Random(recipe.seed)  # noqa: S311  reproducible on purpose
        self._class_weights = _class_weights(examples.targets).to(model.device)
        self._optimiser = _optimiser(model, recipe.finetuning)
        self._steps = len(self._batches()[0]) * recipe.finetuning.epochs
        self._rate = torch.optim.lr_scheduler.LambdaLR(
            self._optimiser, lambda step: schedule(step, self._steps, recipe.finetuning.warmup)
        )

    def branch(self, recipe: Recipe, seed: int) -> Self:
        """A run of its own from here on: other order, noise and dropout."""
        torch.manual_seed(seed)
        twin = copy.deepcopy(self)
        twin.go_on(recipe, seed)
        return twin

    def go_on(self, recipe: Recipe, seed: int) -> None:
        self.recipe = recipe
        self._dice = random.Random(seed)  # noqa: S311  reproducible on purpose

    def epoch(self, number: int, progress: Progress) -> float:
        """Mean loss of one pass over the rows, each written with fresh noise."""
        self.model.train()
        batches, encoded = self._batches()
        losses: list[float] = []
        for batch in batches:
            losses.append(self._step([encoded[i] for i in batch], self._examples.targets[batch]))
            done = (number + len(losses) / len(batches)) / self.recipe.finetuning.epochs
            progress(done, f"loss {np.mean(losses[-200:]):.3f}")
        return float(np.mean(losses))

    def _batches(self) -> tuple[list[list[int]], list[list[int]]]:
        plan = self.recipe.finetuning
        texts = [noisy(text, plan, self._dice) for text in self._examples.texts]
        encoded = encode(self.tokenizer, texts, self.recipe.shape.max_tokens)
        chosen = self._part()
        order = self._dice.sample(chosen, len(chosen))
        lengths = [len(row) for row in encoded]
        return by_length(lengths, order, plan.batch_tokens, plan.batch_rows, self._dice), encoded

    def _part(self) -> list[int]:
        reviews, share = self._examples.reviews, self.recipe.finetuning.smsa_part
        every = range(len(self._examples.texts))
        if share >= 1.0:
            return list(every)
        return [index for index in every if index not in reviews or self._dice.random() < share]

    def _step(self, rows: list[list[int]], targets: torch.Tensor) -> float:
        plan = self.recipe.finetuning
        ids, mask = _on(self.model, *pad(rows, self.tokenizer.pad_token_id))
        passes = 2 if plan.r_drop else 1
        with _autocast(self.model):
            # Both passes of R-Drop at once: the two halves differ only in their dropout.
            scores = self.model(input_ids=ids.repeat(passes, 1), attention_mask=mask.repeat(passes, 1)).logits
        scores = scores.float()
        loss = functional.cross_entropy(
            scores,
            torch.cat([targets] * passes).to(scores.device),
            weight=self._class_weights,
            label_smoothing=plan.label_smoothing,
        )
        if plan.r_drop:
            loss = loss + plan.r_drop * _disagreement(*scores.chunk(2))
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self._optimiser.step()
        self._rate.step()
        self._average()
        return float(loss.item())

    def _average(self) -> None:
        weight = 1.0 - self.recipe.finetuning.averaging
        # The first steps' weights are worth little: let the average forget them faster.
        weight = max(weight, 1.0 / (self._rate.last_epoch + 1))
        with torch.no_grad():
            for kept, new in zip(self.averaged.parameters(), self.model.parameters(), strict=True):
                kept.lerp_(new, weight)


def classifier(pretrained: BertForMaskedLM, recipe: Recipe) -> BertForSequenceClassification:
    """The pretrained body with a fresh head, whose values the recipe's seed decides."""
    torch.manual_seed(recipe.seed)
    config = copy.deepcopy(pretrained.config)
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = recipe.finetuning.dropout
    config.classifier_dropout = recipe.finetuning.classifier_dropout
    config.id2label = dict(enumerate(LABELS))
    config.label2id = {name: index for index, name in enumerate(LABELS)}
    config.architectures = ["BertForSequenceClassification"]
    model = BertForSequenceClassification(config)
    model.bert.load_state_dict(pretrained.bert.state_dict(), strict=False)  # all but the pooler
    return model


def _on(model: PreTrainedModel, *tensors: torch.Tensor) -> list[torch.Tensor]:
    return [tensor.to(model.device) for tensor in tensors]


def _autocast(model: PreTrainedModel) -> torch.autocast:
    device = model.device.type
    return torch.autocast(device, dtype=torch.bfloat16, enabled=device != "cpu" or use_bfloat16())


def _class_weights(targets: torch.Tensor) -> torch.Tensor:
    shares = functional.one_hot(targets, len(LABELS)).float() if targets.ndim == 1 else targets
    weights = (shares.mean(dim=0) * len(LABELS)).clamp(min=1e-3).rsqrt()
    return weights / weights.mean()


def _optimiser(model: PreTrainedModel, plan: Finetuning) -> torch.optim.Optimizer:
    prefix = f"{model.base_model_prefix}."
    body, head = list[torch.nn.Parameter](), list[torch.nn.Parameter]()
    for name, parameter in model.named_parameters():
        (body if name.startswith(prefix) and "pooler" not in name else head).append(parameter)
    groups = [
        {"params": body, "lr": plan.learning_rate},
        {"params": head, "lr": plan.learning_rate * plan.head_factor},
    ]
    return torch.optim.AdamW(groups, weight_decay=plan.weight_decay, fused=True)


def _disagreement(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """Symmetric Kullback-Leibler divergence of the two passes."""
    left, right = functional.log_softmax(first, dim=-1), functional.log_softmax(second, dim=-1)
    there = functional.kl_div(left, right, log_target=True, reduction="batchmean")
    return (there + functional.kl_div(right, left, log_target=True, reduction="batchmean")) / 2
