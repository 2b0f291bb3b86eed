"""From the raw values of peers to shares between 0 and 1. Pure; the meaning of each is in docs/skor.md."""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pantau.contracts.fields import Platform
from pantau.score.rules import Metric, Normaliser

LOW, HIGH = 0.05, 0.95
LIMIT_DECIMALS = 4
K = TypeVar("K", bound=Hashable)
Among = tuple[str, Platform]  # peer group and platform


@dataclass(frozen=True, slots=True)
class Limits:
    """What the peers of one metric were held against, in raw units (per_1000_followers: per 1,000).

    What lies at `low` or under has no share, what lies at `high` or over the full one: the 5th and 95th
    percentile of log_winsor and per_1000_followers, 0 and the greatest value of share_of_max, the least and
    the greatest of percentile.
    """

    low: float
    high: float
    peers: int


Normalised = tuple[list[float], Limits]


def quantile(ordered: Sequence[float], share: float) -> float:
    """Linear interpolation between the closest ranks of ascending values (numpy's default)."""
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def log_winsor(values: Sequence[float]) -> Normalised:
    """ln(1+x), clipped at the peers' 5th and 95th percentile, then min-max.

    Where both percentiles coincide (most accounts alike, as in a quiet hour) the extremes take their place;
    where even those coincide, whoever has anything at all gets the full share.
    """
    logs = [math.log1p(value) for value in values]
    ordered = sorted(logs)
    low, high = quantile(ordered, LOW), quantile(ordered, HIGH)
    if high <= low:
        low, high = ordered[0], ordered[-1]
    limits = _limits(math.expm1(low), math.expm1(high), values)
    if high <= low:
        return _all_alike(values), limits
    return [(min(max(x, low), high) - low) / (high - low) for x in logs], limits


def percentile(values: Sequence[float]) -> Normalised:
    """The share of the other peers that lie below, those that are equal counting half."""
    ordered = sorted(values)
    limits = _limits(ordered[0], ordered[-1], values)
    if ordered[0] == ordered[-1]:
        return _all_alike(values), limits
    ranks = [(bisect_left(ordered, value) + bisect_right(ordered, value) - 1) / 2 for value in values]
    return [rank / (len(ordered) - 1) for rank in ranks], limits


def share_of_max(values: Sequence[float]) -> Normalised:
    top = max(values)
    return [value / top if top else 0.0 for value in values], _limits(0, top, values)


def _all_alike(values: Sequence[float]) -> list[float]:
    return [1.0 if value > 0 else 0.0 for value in values]


def _limits(low: float, high: float, values: Sequence[float]) -> Limits:
    return Limits(round(float(low), LIMIT_DECIMALS), round(float(high), LIMIT_DECIMALS), len(values))


NORMALISERS: dict[Normaliser, Callable[[Sequence[float]], Normalised]] = {
    Normaliser.LOG_WINSOR: log_winsor,
    Normaliser.PERCENTILE: percentile,
    Normaliser.SHARE_OF_MAX: share_of_max,
    Normaliser.PER_1000_FOLLOWERS: log_winsor,  # of values that were divided before
}


def among_peers(
    values: Mapping[K, Mapping[Metric, float]], peers: Mapping[K, Among], normaliser: Normaliser
) -> tuple[dict[K, dict[Metric, float]], dict[tuple[str, Platform, Metric], Limits]]:
    """Each value's share among all with the same `peers` that have the metric, and the limits used."""
    having: dict[tuple[str, Platform, Metric], list[K]] = defaultdict(list)
    for key, given in values.items():
        for metric in given:
            having[*peers[key], metric].append(key)
    shares: dict[K, dict[Metric, float]] = {key: {} for key in values}
    limits = {}
    for among, keys in having.items():
        metric = among[2]
        normalised, limits[among] = NORMALISERS[normaliser]([values[key][metric] for key in keys])
        for key, share in zip(keys, normalised, strict=True):
            shares[key][metric] = share
    return shares, limits
