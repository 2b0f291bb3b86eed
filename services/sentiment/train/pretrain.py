"""Masked language modelling from scratch."""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import torch
from torch.nn import functional
from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from services.sentiment.train.batches import by_length, pad
from services.sentiment.train.embeddings import ppmi_svd
from services.sentiment.train.recipe import Continuation, Pretraining, Recipe

Progress = Callable[[float, str], None]  # share done in [0, 1], a remark

IGNORED = -100


def configuration(tokenizer: PreTrainedTokenizerFast, recipe: Recipe) -> BertConfig:
    shape = recipe.shape
    return BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.max_tokens,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        pad_token_id=tokenizer.pad_token_id,
        attn_implementation="eager",
    )


def pretrain(
    texts: Mapping[str, list[str]], tokenizer: PreTrainedTokenizerFast, recipe: Recipe, progress: Progress
) -> tuple[BertForMaskedLM, dict[str, float]]:
    torch.manual_seed(recipe.seed)
    rows = {name: encode(tokenizer, lines, recipe.shape.max_tokens) for name, lines in texts.items()}
    model = BertForMaskedLM(configuration(tokenizer, recipe))
    _start_embeddings(model, rows, recipe)
    masking = Masking(tokenizer, recipe.pretraining.masked, recipe.seed)
    loss = _train(model, rows, masking, recipe.pretraining, seed=recipe.seed, progress=progress)
    return model, {
        "masked_loss": loss,
        "texts": sum(map(len, rows.values())),
        "tokens": recipe.pretraining.tokens,
    }


def pretrain_further(
    model: BertForMaskedLM,
    texts: Mapping[str, list[str]],
    tokenizer: PreTrainedTokenizerFast,
    recipe: Recipe,
    progress: Progress,
) -> dict[str, float]:
    """The second round, by `recipe.continuation`; trains `model`."""
    plan, seed = recipe.continuation, recipe.seed + 1
    torch.manual_seed(seed)
    rows = {name: encode(tokenizer, lines, recipe.shape.max_tokens) for name, lines in texts.items()}
    loss = _train(model, rows, Masking(tokenizer, plan.masked, seed), plan, seed=seed, progress=progress)
    return {"masked_loss": loss, "texts": sum(map(len, rows.values())), "tokens": plan.tokens}


def encode(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], max_tokens: int) -> list[list[int]]:
    encoded = tokenizer(list(texts), truncation=True, max_length=max_tokens)
    ids: list[list[int]] = encoded["input_ids"]
    return ids


def use_bfloat16() -> bool:
    """Only processors with native instructions for it gain; elsewhere it is emulated and slower."""
    return bool(torch.cpu.get_capabilities().get("avx512_bf16", False))


class Masking:
    """Whole-word masks: 80 % [MASK], 10 % a random token, 10 % unchanged."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, rate: float, seed: int) -> None:
        vocabulary = tokenizer.get_vocab()
        self._continues = torch.zeros(len(tokenizer), dtype=torch.bool)
        for token, index in vocabulary.items():
            self._continues[index] = token.startswith("##")
        self._special = torch.zeros(len(tokenizer), dtype=torch.bool)
        self._special[torch.tensor(sorted(set(tokenizer.all_special_ids)))] = True
        self._mask_id = vocabulary["[MASK]"]
        self._size = len(tokenizer)
        self._rate = rate
        self._generator = torch.Generator().manual_seed(seed)

    def __call__(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Masked ids and targets (`IGNORED` where nothing is to be guessed), both [rows, tokens]."""
        word = (~self._continues[ids]).cumsum(dim=1) - 1
        chosen_words = torch.rand(ids.shape, generator=self._generator) < self._rate
        chosen = chosen_words.gather(1, word.clamp(min=0)) & ~self._special[ids]
        fate = torch.rand(ids.shape, generator=self._generator)
        noise = torch.randint(5, self._size, ids.shape, generator=self._generator)
        masked = torch.where(chosen & (fate < 0.8), torch.full_like(ids, self._mask_id), ids)
        masked = torch.where(chosen & (fate >= 0.9), noise, masked)
        return masked, torch.where(chosen, ids, torch.full_like(ids, IGNORED))


def schedule(step: int, steps: int, warmup: float) -> float:
    """Linear warm-up, then linear decay to zero."""
    rise = max(1.0, steps * warmup)
    return min((step + 1) / rise, max(0.0, (steps - step) / max(1.0, steps - rise)))


def steady(step: int, steps: int, plan: Continuation) -> float:
    """Linear warm-up, constant, then linear decay to zero over the last `cooling` of the steps."""
    left = max(0.0, (steps - step) / max(1.0, steps * plan.cooling))
    return min((step + 1) / plan.warmup_steps, 1.0, left)


def _start_embeddings(model: BertForMaskedLM, rows: Mapping[str, list[list[int]]], recipe: Recipe) -> None:
    weight = model.bert.embeddings.word_embeddings.weight
    inner = [row[1:-1] for source in rows.values() for row in source]
    vectors = ppmi_svd(inner, weight.shape[0], weight.shape[1], recipe.seed)
    used = np.abs(vectors).sum(axis=1) > 0
    with torch.no_grad():
        weight[torch.from_numpy(used)] = torch.from_numpy(vectors[used])


def _passes(
    rows: Mapping[str, list[list[int]]], plan: Pretraining | Continuation, dice: random.Random
) -> Iterator[list[list[int]]]:
    """Batches of rows without end; every pass draws the sources by their weights."""
    everything = [row for source in rows.values() for row in source]
    lengths = [len(row) for row in everything]
    while True:
        order: list[int] = []
        start = 0
        for name, source in rows.items():
            indices = range(start, start + len(source))
            whole, part = divmod(plan.source_weights[name], 1.0)
            order += list(indices) * int(whole) + dice.sample(indices, round(part * len(source)))
            start += len(source)
        dice.shuffle(order)
        for batch in by_length(lengths, order, plan.batch_tokens, plan.batch_tokens, dice):
            yield [everything[index] for index in batch]


def _train(
    model: BertForMaskedLM,
    rows: Mapping[str, list[list[int]]],
    masking: Masking,
    plan: Pretraining | Continuation,
    *,
    seed: int,
    progress: Progress,
) -> float:
    steps = math.ceil(plan.tokens / (plan.batch_tokens * 0.95))
    optimiser = torch.optim.AdamW(
        model.parameters(),
        lr=plan.learning_rate,
        betas=(0.9, 0.98),
        weight_decay=plan.weight_decay,
        fused=True,
    )
    rate = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps, plan))
    model.train()
    running, seen = float("nan"), 0
    dice = random.Random(seed)  # noqa: S311  reproducible on purpose
    for step, batch in enumerate(_passes(rows, plan, dice)):
        if seen >= plan.tokens or step == steps:
            break
        ids, mask = pad(batch)
        seen += int(mask.sum())
        loss = _step(model, *masking(ids), mask)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        rate.step()
        running = loss.item() if math.isnan(running) else 0.98 * running + 0.02 * loss.item()
        progress(seen / plan.tokens, f"loss {running:.3f}")
    return running


def _rate(step: int, steps: int, plan: Pretraining | Continuation) -> float:
    if isinstance(plan, Continuation):
        return steady(step, steps, plan)
    return schedule(step, steps, plan.warmup)


def _step(
    model: BertForMaskedLM, ids: torch.Tensor, targets: torch.Tensor, mask: torch.Tensor
) -> torch.Tensor:
    guessed = targets != IGNORED
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=use_bfloat16()):
        hidden = model.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        # The vocabulary-wide head is the costly part: only on the tokens to be guessed.
        scores = model.cls(hidden[guessed])
    return functional.cross_entropy(scores.float(), targets[guessed])
