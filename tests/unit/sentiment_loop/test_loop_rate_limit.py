"""How a relabelling leaves room for the live flow."""

import pytest

from services.sentiment.relabel.rate_limit import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds


@pytest.mark.parametrize("work_seconds", [0.0, 0.4])
async def test_the_rate_is_held_whatever_the_work_takes(work_seconds: float) -> None:
    clock = Clock()
    pace = Pace(20, clock, clock.sleep)
    for _ in range(6):
        clock.now += work_seconds
        await pace.after(10)
    assert clock.now == pytest.approx(103)


async def test_lost_time_is_not_made_up_for() -> None:
    clock = Clock()
    pace = Pace(20, clock, clock.sleep)
    clock.now += 60  # Kafka was away
    await pace.after(10)
    assert clock.now == 160
    await pace.after(10)
    assert clock.now == pytest.approx(160.5)


async def test_without_a_rate_nothing_waits() -> None:
    clock = Clock()
    pace = Pace(None, clock, clock.sleep)
    await pace.after(10_000)
    assert clock.now == 100
    assert pace.portion(1000) == 1000


@pytest.mark.parametrize(("rate", "portion"), [(0.2, 1), (50, 50), (5000, 1000)])
def test_portions_are_no_greater_than_a_second_brings(rate: float, portion: int) -> None:
    assert Pace(rate).portion(1000) == portion
