"""Starting values for the word embeddings: PPMI co-occurrence counts, reduced by SVD."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from sklearn.utils.extmath import randomized_svd

WINDOW = 5
SPREAD = 0.02  # the standard deviation that BERT's own initialisation has


def ppmi_svd(rows: Sequence[Sequence[int]], vocabulary: int, width: int, seed: int) -> NDArray[np.float32]:
    """One vector per token, float32 [vocabulary, width]."""
    left, strength, _ = randomized_svd(
        _ppmi(_counts(rows, vocabulary)), n_components=width, random_state=seed
    )
    vectors = left * np.sqrt(strength)
    scaled: NDArray[np.float32] = (vectors / vectors.std() * SPREAD).astype(np.float32)
    return scaled


def _counts(rows: Sequence[Sequence[int]], vocabulary: int) -> csr_array:
    # A gap of WINDOW zeros between rows: a window never reaches into the next text ([PAD] is dropped below).
    stream = np.concatenate([np.array([*row, *[0] * WINDOW], dtype=np.int64) for row in rows])
    total = csr_array((vocabulary, vocabulary), dtype=np.float64)
    for distance in range(1, WINDOW + 1):
        left, right = stream[:-distance], stream[distance:]
        near = (left != 0) & (right != 0)
        weight = np.full(int(near.sum()), 1.0 / distance)
        pairs = coo_array((weight, (left[near], right[near])), shape=(vocabulary, vocabulary)).tocsr()
        total = total + pairs + pairs.T
    return total


def _ppmi(counts: csr_array) -> csr_array:
    cells = counts.tocoo()
    margin = np.maximum(np.asarray(counts.sum(axis=0)).ravel(), 1e-12)
    smooth = margin**0.75 / (margin**0.75).sum()
    value = np.log(cells.data / (margin[cells.row] * smooth[cells.col]))
    return csr_array((np.maximum(value, 0.0), (cells.row, cells.col)), shape=counts.shape)
