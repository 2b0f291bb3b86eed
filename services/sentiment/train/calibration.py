"""One number that makes confidences honest: logits are divided by it before the softmax."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax


def temperature(logits: Mapping[str, NDArray[np.float32]], given: Mapping[str, Sequence[int]]) -> float:
    """The divisor with the least log loss, each validation set having the same weight."""

    def loss(logarithm: float) -> float:
        divisor = np.exp(logarithm)
        return float(np.mean([_log_loss(logits[name] / divisor, given[name]) for name in logits]))

    return float(np.exp(minimize_scalar(loss, bounds=(-2.0, 2.0), method="bounded").x))


def _log_loss(scores: NDArray[np.float32], given: Sequence[int]) -> float:
    return -float(np.mean(log_softmax(scores, axis=1)[np.arange(len(given)), list(given)]))
