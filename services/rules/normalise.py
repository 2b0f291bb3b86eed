"""From a fleet's raw values to shares between 0 and 1. Pure; the meaning of each is in docs/skor.md."""

import math
from collections.abc import Callable, Sequence

from services.rules.rulebook import Normaliser

LOW, HIGH = 0.05, 0.95


def quantile(ordered: Sequence[float], share: float) -> float:
    """Linear interpolation between the closest ranks of ascending values (numpy's default)."""
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def log_winsor(values: Sequence[int]) -> list[float]:
    """ln(1+x), clipped at the fleet's 5th and 95th percentile, then min-max.

    Where both percentiles coincide (most accounts alike, as in a quiet hour) the extremes take their place;
    where even those coincide, whoever has anything at all gets the full share.
    """
    logs = [math.log1p(value) for value in values]
    ordered = sorted(logs)
    low, high = quantile(ordered, LOW), quantile(ordered, HIGH)
    if high <= low:
        low, high = ordered[0], ordered[-1]
    if high <= low:
        return [1.0 if value > 0 else 0.0 for value in values]
    return [(min(max(x, low), high) - low) / (high - low) for x in logs]


def share_of_max(values: Sequence[int]) -> list[float]:
    top = max(values)
    return [value / top if top else 0.0 for value in values]


NORMALISERS: dict[Normaliser, Callable[[Sequence[int]], list[float]]] = {
    Normaliser.LOG_WINSOR: log_winsor,
    Normaliser.SHARE_OF_MAX: share_of_max,
}
