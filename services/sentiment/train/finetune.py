"""Three labels on top of the pretrained model: R-Drop, averaged weights, early stopping."""

import copy
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from transformers import BertForMaskedLM, BertForSequenceClassification, PreTrainedTokenizerFast

from services.sentiment.evaluate import macro_f1
from services.sentiment.train.batches import by_length, pad
from services.sentiment.train.corpus import LABELS, Corpus, Row
from services.sentiment.train.noise import noisy
from services.sentiment.train.pretrain import Progress, encode, schedule, use_bfloat16
from services.sentiment.train.recipe import Finetuning, Recipe

Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Finetuned:
    model: BertForSequenceClassification
    history: list[dict[str, float]]  # per epoch: loss and macro-F1 of every validation set


def finetune(
    pretrained: BertForMaskedLM,
    tokenizer: PreTrainedTokenizerFast,
    corpus: Corpus,
    recipe: Recipe,
    progress: Progress,
) -> Finetuned:
    """The epoch with the best mean validation macro-F1; stops when `patience` epochs brought nothing."""
    torch.manual_seed(recipe.seed)
    plan = recipe.finetuning
    model = _classifier(pretrained, recipe)
    run = _Run(model, tokenizer, corpus.train, recipe)
    best, best_mean, history = copy.deepcopy(model), -1.0, list[dict[str, float]]()
    for epoch in range(plan.epochs):
        loss = run.epoch(epoch, progress)
        scores = validation_scores(run.averaged, tokenizer, corpus.validation, recipe)
        history.append({"epoch": epoch + 1, "loss": loss, "mean": selection(scores), **scores})
        if history[-1]["mean"] > best_mean:
            best, best_mean = copy.deepcopy(run.averaged), history[-1]["mean"]
        elif epoch + 1 - max(history, key=lambda row: row["mean"])["epoch"] >= plan.patience:
            break
    return Finetuned(best, history)


def selection(scores: Mapping[str, float]) -> float:
    """One vote each for SmSA, DKK and the NusaX languages together (each of those has only 95 rows)."""
    nusax = [score for name, score in scores.items() if name.startswith("nusax")]
    return float(np.mean([scores["smsa"], scores["dkk"], np.mean(nusax)]))


def validation_scores(
    model: BertForSequenceClassification,
    tokenizer: PreTrainedTokenizerFast,
    validation: Mapping[str, list[Row]],
    recipe: Recipe,
) -> dict[str, float]:
    return {
        name: macro_f1(
            [row.label for row in rows], logits(model, tokenizer, rows, recipe).argmax(axis=1).tolist()
        )
        for name, rows in validation.items()
    }


def logits(
    model: BertForSequenceClassification,
    tokenizer: PreTrainedTokenizerFast,
    rows: Sequence[Row],
    recipe: Recipe,
) -> Logits:
    """float32 [rows, labels], in the order of `rows`."""
    model.eval()
    encoded = encode(tokenizer, [row.text for row in rows], recipe.shape.max_tokens)
    order = sorted(range(len(rows)), key=lambda index: len(encoded[index]))
    result = np.zeros((len(rows), len(LABELS)), dtype=np.float32)
    for start in range(0, len(order), 64):
        part = order[start : start + 64]
        ids, mask = pad([encoded[index] for index in part])
        with torch.inference_mode():
            result[part] = model(input_ids=ids, attention_mask=mask).logits.numpy()
    return result


class _Run:
    """Optimiser state and the running average of the weights."""

    def __init__(
        self,
        model: BertForSequenceClassification,
        tokenizer: PreTrainedTokenizerFast,
        rows: Sequence[Row],
        recipe: Recipe,
    ) -> None:
        self.model, self.averaged = model, copy.deepcopy(model)
        self._tokenizer, self._rows, self._recipe = tokenizer, rows, recipe
        self._dice = random.Random(recipe.seed)  # noqa: S311  reproducible on purpose
        self._class_weights = _class_weights(rows)
        self._optimiser = _optimiser(model, recipe.finetuning)
        self._steps = len(self._batches()[0]) * recipe.finetuning.epochs
        self._rate = torch.optim.lr_scheduler.LambdaLR(
            self._optimiser, lambda step: schedule(step, self._steps, recipe.finetuning.warmup)
        )

    def epoch(self, number: int, progress: Progress) -> float:
        """Mean loss of one pass over the rows, each written with fresh noise."""
        self.model.train()
        batches, encoded = self._batches()
        losses: list[float] = []
        for batch in batches:
            losses.append(self._step([encoded[i] for i in batch], [self._rows[i].label for i in batch]))
            done = (number + len(losses) / len(batches)) / self._recipe.finetuning.epochs
            progress(done, f"loss {np.mean(losses[-200:]):.3f}")
        return float(np.mean(losses))

    def _batches(self) -> tuple[list[list[int]], list[list[int]]]:
        plan = self._recipe.finetuning
        texts = [noisy(row.text, plan, self._dice) for row in self._rows]
        encoded = encode(self._tokenizer, texts, self._recipe.shape.max_tokens)
        order = self._dice.sample(range(len(encoded)), len(encoded))
        lengths = [len(row) for row in encoded]
        return by_length(lengths, order, plan.batch_tokens, plan.batch_rows, self._dice), encoded

    def _step(self, rows: list[list[int]], labels: list[int]) -> float:
        plan = self._recipe.finetuning
        ids, mask = pad(rows)
        targets = torch.tensor(labels)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=use_bfloat16()):
            # Both passes of R-Drop at once: the two halves differ only in their dropout.
            scores = self.model(input_ids=ids.repeat(2, 1), attention_mask=mask.repeat(2, 1)).logits.float()
        loss = functional.cross_entropy(
            scores, targets.repeat(2), weight=self._class_weights, label_smoothing=plan.label_smoothing
        ) + plan.r_drop * _disagreement(*scores.chunk(2))
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self._optimiser.step()
        self._rate.step()
        self._average()
        return float(loss.item())

    def _average(self) -> None:
        weight = 1.0 - self._recipe.finetuning.averaging
        # The first steps' weights are worth little: let the average forget them faster.
        weight = max(weight, 1.0 / (self._rate.last_epoch + 1))
        with torch.no_grad():
            for kept, new in zip(self.averaged.parameters(), self.model.parameters(), strict=True):
                kept.lerp_(new, weight)


def _classifier(pretrained: BertForMaskedLM, recipe: Recipe) -> BertForSequenceClassification:
    config = copy.deepcopy(pretrained.config)
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = recipe.finetuning.dropout
    config.classifier_dropout = recipe.finetuning.classifier_dropout
    config.id2label = dict(enumerate(LABELS))
    config.label2id = {name: index for index, name in enumerate(LABELS)}
    config.architectures = ["BertForSequenceClassification"]
    model = BertForSequenceClassification(config)
    model.bert.load_state_dict(pretrained.bert.state_dict(), strict=False)  # all but the pooler
    return model


def _class_weights(rows: Sequence[Row]) -> torch.Tensor:
    counts = np.bincount([row.label for row in rows], minlength=len(LABELS))
    weights = np.sqrt(counts.sum() / (len(LABELS) * counts))
    return torch.tensor(weights / weights.mean(), dtype=torch.float32)


def _optimiser(model: BertForSequenceClassification, plan: Finetuning) -> torch.optim.Optimizer:
    body = [p for name, p in model.named_parameters() if name.startswith("bert.") and "pooler" not in name]
    head = [p for name, p in model.named_parameters() if not name.startswith("bert.") or "pooler" in name]
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
