"""Rows of token ids -> padded batches of similar length."""

import random
from collections.abc import Iterator, Sequence

import numpy as np
import torch

POOL_ROWS = (
    6000  # sorted by length within a pool, so batches waste little padding and stay random between pools
)


def by_length(
    lengths: Sequence[int], order: Sequence[int], batch_tokens: int, batch_rows: int, dice: random.Random
) -> list[list[int]]:
    """Batches of indices, each at most `batch_tokens` padded tokens and `batch_rows` rows."""
    batches: list[list[int]] = []
    for start in range(0, len(order), POOL_ROWS):
        pool = sorted(order[start : start + POOL_ROWS], key=lambda index: lengths[index])
        batches.extend(_cut(pool, lengths, batch_tokens, batch_rows))
    dice.shuffle(batches)
    return batches


def _cut(pool: list[int], lengths: Sequence[int], batch_tokens: int, batch_rows: int) -> Iterator[list[int]]:
    batch: list[int] = []
    for index in pool:
        if batch and (len(batch) == batch_rows or lengths[index] * (len(batch) + 1) > batch_tokens):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def pad(rows: Sequence[Sequence[int]], padding: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and attention mask, both int64 [rows, longest]."""
    longest = max(len(row) for row in rows)
    ids = np.full((len(rows), longest), padding, dtype=np.int64)
    mask = np.zeros_like(ids)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = row
        mask[index, : len(row)] = 1
    return torch.from_numpy(ids), torch.from_numpy(mask)
