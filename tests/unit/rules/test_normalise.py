import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.score.normalisers import NORMALISERS, Limits, log_winsor, percentile, quantile, share_of_max
from pantau.score.rules import Normaliser

values = st.lists(st.integers(0, 2**53), min_size=1, max_size=60)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.floats(0, 1))
def test_quantile_is_numpys(numbers: list[float], share: float) -> None:
    ordered = sorted(numbers)
    assert quantile(ordered, share) == pytest.approx(float(np.quantile(ordered, share)), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("normaliser", Normaliser)
@given(values=values)
def test_shares_lie_between_0_and_1_and_keep_the_order(normaliser: Normaliser, values: list[int]) -> None:
    shares, _ = NORMALISERS[normaliser](values)
    assert len(shares) == len(values)
    assert all(0 <= share <= 1 for share in shares)
    in_order = [share for _, share in sorted(zip(values, shares, strict=True))]
    assert in_order == sorted(in_order)


@pytest.mark.parametrize("normaliser", Normaliser)
@given(values=values)
def test_order_of_the_accounts_does_not_matter(normaliser: Normaliser, values: list[int]) -> None:
    normalise = NORMALISERS[normaliser]
    shares, limits = normalise(values)
    backwards, same_limits = normalise(list(reversed(values)))
    assert (list(reversed(backwards)), same_limits) == (shares, limits)


@given(values)
def test_log_winsor_is_clipped_min_max_of_logarithms(values: list[int]) -> None:
    logs = np.log1p(np.array(values, dtype=float))
    low, high = np.quantile(logs, 0.05), np.quantile(logs, 0.95)
    if high > low:
        expected = (np.clip(logs, low, high) - low) / (high - low)
        assert log_winsor(values)[0] == pytest.approx(expected.tolist(), abs=1e-6)


@pytest.mark.parametrize(
    ("values", "shares"),
    [
        ([0], [0]),
        ([7], [1]),
        ([0, 0, 0], [0, 0, 0]),
        ([5, 5, 5], [1, 1, 1]),
        ([0] * 50 + [9], [0] * 50 + [1]),  # both percentiles are 0: the extremes take their place
        ([0] + [9] * 50, [0] + [1] * 50),
    ],
)
def test_log_winsor_of_alike_accounts(values: list[int], shares: list[int]) -> None:
    assert log_winsor(values)[0] == shares


def test_log_winsor_of_a_quiet_hour_still_tells_the_few_apart() -> None:
    *others, three, nine = log_winsor([0] * 50 + [3, 9])[0]  # both percentiles are 0
    assert (set(others), nine) == ({0.0}, 1.0)
    assert three == pytest.approx(math.log(4) / math.log(10))


def test_log_winsor_holds_one_outlier_back() -> None:
    """The worked example of docs/skor.md."""
    assert [round(share, 4) for share in log_winsor([0, 20, 100, 400, 8000])[0]] == [
        0,
        0.3131,
        0.5150,
        0.6922,
        1,
    ]
    with_outlier, _ = log_winsor([*range(100, 150), 10**9])
    assert with_outlier[-1] == 1.0
    assert with_outlier[25] == pytest.approx(log_winsor([*range(100, 150), 200])[0][25], abs=0.01)


def test_share_of_max() -> None:
    assert share_of_max([0, 20, 100, 400, 8000]) == ([0, 0.0025, 0.0125, 0.05, 1], Limits(0, 8000, 5))
    assert share_of_max([0, 0]) == ([0, 0], Limits(0, 0, 2))
    assert math.isclose(share_of_max([1, 3])[0][0], 1 / 3)


def test_percentile_is_the_midrank_among_the_others() -> None:
    assert percentile([0, 20, 100, 400, 8000]) == ([0, 0.25, 0.5, 0.75, 1], Limits(0, 8000, 5))
    assert percentile([0, 0, 5, 5, 5, 9])[0] == [0.1, 0.1, 0.6, 0.6, 0.6, 1.0]
    assert percentile([0, 7])[0] == [0, 1]


@pytest.mark.parametrize(("values", "shares"), [([0], [0]), ([7], [1]), ([0, 0], [0, 0]), ([3, 3], [1, 1])])
def test_percentile_of_alike_accounts(values: list[int], shares: list[int]) -> None:
    assert percentile(values)[0] == shares


@given(values)
def test_percentile_is_the_share_of_the_others_below_and_half_of_the_equal(values: list[int]) -> None:
    if len(set(values)) > 1:
        for at, (value, share) in enumerate(zip(values, percentile(values)[0], strict=True)):
            others = values[:at] + values[at + 1 :]
            beaten = sum(1.0 if other < value else 0.5 if other == value else 0.0 for other in others)
            assert share == pytest.approx(beaten / len(others))


@given(values)
def test_limits_of_log_winsor_tell_every_share(values: list[int]) -> None:
    """Whoever recomputes a share by hand has no more than the limits and the own value."""
    shares, limits = log_winsor(values)
    low, high = math.log1p(limits.low), math.log1p(limits.high)
    if high - low > 0.01:  # closer together, the four decimals of the limits blur them
        for value, share in zip(values, shares, strict=True):
            clipped = min(max(math.log1p(value), low), high)
            assert share == pytest.approx((clipped - low) / (high - low), abs=0.02)
    assert limits.peers == len(values)
