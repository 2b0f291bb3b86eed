import asyncio
from datetime import datetime, timedelta

import pytest

from pantau.runtime.errors import RetryableError
from services.api.http.cache import Cache
from tests.support.api import NOW

SECOND = timedelta(seconds=1)


class Source:
    """Counts how often it is asked; waits for `gate`; fails while `away`."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.now = NOW

    def clock(self) -> datetime:
        return self.now

    async def load(self) -> int:
        self.asked += 1
        mine = self.asked
        await self.gate.wait()
        if self.away:
            raise RetryableError("away")
        return mine


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def cache(source: Source) -> Cache[int]:
    return Cache(1, 2, source.clock)


async def test_a_value_is_kept_for_its_time_to_live(source: Source, cache: Cache[int]) -> None:
    found = []
    for _ in range(4):
        found.append(await cache.fresh("a", source.load))
        source.now += SECOND / 2
    assert found == [1, 1, 2, 2]


async def test_a_clock_set_back_keeps_nothing_for_ever(source: Source, cache: Cache[int]) -> None:
    await cache.fresh("a", source.load)
    source.now -= timedelta(days=1)
    assert await cache.fresh("a", source.load) == 2


async def test_all_who_ask_at_once_share_one_load(source: Source, cache: Cache[int]) -> None:
    source.gate.clear()
    asking = [asyncio.create_task(cache.fresh("a", source.load)) for _ in range(20)]
    await asyncio.sleep(0)
    asking[0].cancel()  # the one who began it leaves: the others still get it
    await asyncio.sleep(0)
    source.gate.set()
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert found[1:] == [1] * 19


async def test_what_is_being_read_when_it_changes_is_read_again(source: Source, cache: Cache[int]) -> None:
    source.gate.clear()
    before = asyncio.create_task(cache.fresh("a", source.load))
    await asyncio.sleep(0)
    cache.expire()
    after = asyncio.create_task(cache.fresh("a", source.load))
    await asyncio.sleep(0)
    source.gate.set()
    assert (await before, await after, await cache.fresh("a", source.load)) == (1, 2, 2)


async def test_the_last_good_value_stands_in_with_its_age(source: Source, cache: Cache[int]) -> None:
    await cache.get("a", source.load)
    source.away = True
    source.now += 60 * SECOND
    answer = await cache.get("a", source.load)
    assert (answer.value, answer.taken_at, answer.stale) == (1, NOW, True)
    with pytest.raises(RetryableError):
        await cache.fresh("a", source.load)
    with pytest.raises(RetryableError):
        await cache.get("b", source.load)
    source.away = False
    assert not (await cache.get("a", source.load)).stale


async def test_other_failures_are_not_hidden(source: Source, cache: Cache[int]) -> None:
    async def broken() -> int:
        raise KeyError("a fault")

    await cache.get("a", source.load)
    source.now += 2 * SECOND
    with pytest.raises(KeyError):
        await cache.get("a", broken)


async def test_the_value_unused_for_longest_goes_first(source: Source, cache: Cache[int]) -> None:
    for key in ("a", "b", "a", "c"):
        await cache.fresh(key, source.load)
    assert source.asked == 3
    await cache.fresh("a", source.load)
    assert source.asked == 3
    await cache.fresh("b", source.load)
    assert source.asked == 4
