import signal

import pytest

from deploy.local.restarts import MOST, SPAN_SECONDS, Restarts, ended


def test_each_part_has_three_within_the_span() -> None:
    restarts = Restarts()
    assert [restarts.next_of("scoring", -9, 0.0) for _ in range(5)] == [1, 2, 3, None, None]
    assert restarts.next_of("api", 70, 0.0) == 1


def test_span_moves_on() -> None:
    restarts = Restarts()
    for number in range(MOST):
        restarts.next_of("scoring", 70, 100.0 * number)
    assert restarts.next_of("scoring", 70, SPAN_SECONDS) is None
    assert restarts.next_of("scoring", 70, SPAN_SECONDS + 1) == MOST


@pytest.mark.parametrize("code", [0, 1, 2, 78, 137, 143])
def test_other_ends_are_final(code: int) -> None:
    assert Restarts().next_of("kafka", code, 0.0) is None


def test_ends_are_told_in_words() -> None:
    assert ended("api", 78) == "api ended by itself with exit code 78"
    assert ended("api", -signal.SIGKILL) == "api was killed by SIGKILL"
    assert ended("api", -250) == "api was killed by signal 250"
