import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules.normalise import NORMALISERS, log_winsor, quantile, share_of_max
from services.rules.rulebook import Normaliser

values = st.lists(st.integers(0, 2**53), min_size=1, max_size=60)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.floats(0, 1))
def test_quantile_is_numpys(numbers: list[float], share: float) -> None:
    ordered = sorted(numbers)
    assert quantile(ordered, share) == pytest.approx(float(np.quantile(ordered, share)), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("normaliser", Normaliser)
@given(values=values)
def test_shares_lie_between_0_and_1_and_keep_the_order(normaliser: Normaliser, values: list[int]) -> None:
    shares = NORMALISERS[normaliser](values)
    assert len(shares) == len(values)
    assert all(0 <= share <= 1 for share in shares)
    in_order = [share for _, share in sorted(zip(values, shares, strict=True))]
    assert in_order == sorted(in_order)


@pytest.mark.parametrize("normaliser", Normaliser)
@given(values=values)
def test_order_of_the_accounts_does_not_matter(normaliser: Normaliser, values: list[int]) -> None:
    normalise = NORMALISERS[normaliser]
    backwards = list(reversed(normalise(list(reversed(values)))))
    assert backwards == normalise(values)


@given(values)
def test_log_winsor_is_clipped_min_max_of_logarithms(values: list[int]) -> None:
    logs = np.log1p(np.array(values, dtype=float))
    low, high = np.quantile(logs, 0.05), np.quantile(logs, 0.95)
    if high > low:
        expected = (np.clip(logs, low, high) - low) / (high - low)
        assert log_winsor(values) == pytest.approx(expected.tolist(), abs=1e-6)


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
    assert log_winsor(values) == shares


def test_log_winsor_of_a_quiet_hour_still_tells_the_few_apart() -> None:
    *others, three, nine = log_winsor([0] * 50 + [3, 9])  # both percentiles are 0
    assert (set(others), nine) == ({0.0}, 1.0)
    assert three == pytest.approx(math.log(4) / math.log(10))


def test_log_winsor_holds_one_outlier_back() -> None:
    """The worked example of docs/skor.md."""
    assert [round(share, 4) for share in log_winsor([0, 20, 100, 400, 8000])] == [
        0,
        0.3131,
        0.5150,
        0.6922,
        1,
    ]
    with_outlier = log_winsor([*range(100, 150), 10**9])
    assert with_outlier[-1] == 1.0
    assert with_outlier[25] == pytest.approx(log_winsor([*range(100, 150), 200])[25], abs=0.01)


def test_share_of_max() -> None:
    assert share_of_max([0, 20, 100, 400, 8000]) == [0, 0.0025, 0.0125, 0.05, 1]
    assert share_of_max([0, 0]) == [0, 0]
    assert math.isclose(share_of_max([1, 3])[0], 1 / 3)
