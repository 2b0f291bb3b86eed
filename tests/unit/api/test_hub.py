import pytest

from services.api.stream.hub import RESET, Frame, Hub, Subscription
from tests.support.api import NOW


async def contents(subscription: Subscription) -> list[bytes]:
    return [frame.content for frame in await subscription.take(0.01)]


async def test_each_subscription_hears_everything_after_it_joined() -> None:
    hub = Hub(clients_limit=2)
    hub.tell("status", "1")
    first = hub.join()
    hub.tell_score("2", NOW)
    second = hub.join()
    hub.tell("pulse", "3")
    score = next(frame for frame in await first.take(1) if frame.computed_at == NOW)
    assert b"event: score\ndata: 2\nid: " in score.content
    assert await contents(second) == [b"event: pulse\ndata: 3\n\n"]
    assert await contents(first) == []


async def test_what_was_missed_comes_first_and_is_not_told_for_the_first_time() -> None:
    hub = Hub(clients_limit=1)
    hub.tell_score("1", NOW)
    told = (await _one(hub)).content
    event_id = told.partition(b"id: ")[2].strip().decode()
    hub.tell_score("2", NOW)
    subscription = hub.join(event_id)
    hub.tell_score("3", NOW)
    frames = await subscription.take(1)
    assert [frame.computed_at for frame in frames] == [None, NOW]
    assert [b"data: 2" in frames[0].content, b"data: 3" in frames[1].content] == [True, True]


async def _one(hub: Hub) -> Frame:
    subscription = hub.join()
    hub.tell_score("x", NOW)
    [frame] = await subscription.take(1)
    hub.leave(subscription)
    return frame


@pytest.mark.parametrize("event_id", ["nonsense", "00000000-0"])
async def test_an_id_that_is_not_known_resets(event_id: str) -> None:
    assert await contents(Hub(clients_limit=1).join(event_id)) == [RESET]


async def test_who_falls_behind_is_let_go_and_the_others_stay() -> None:
    hub = Hub(clients_limit=2, waiting_limit=3)
    slow, quick = hub.join(), hub.join()
    for _ in range(4):
        hub.tell_score("x", NOW)
        await quick.take(1)
    assert (slow.ended, quick.ended, hub.clients) == (True, False, 1)
    assert await contents(slow) == []


async def test_a_full_hub_takes_no_more_until_one_leaves() -> None:
    hub = Hub(clients_limit=1)
    subscription = hub.join()
    assert not hub.takes_more
    hub.leave(subscription)
    assert hub.takes_more


async def test_closing_ends_every_stream_and_later_ones() -> None:
    hub = Hub(clients_limit=5)
    subscriptions = [hub.join(), hub.join()]
    hub.close()
    subscriptions.append(hub.join())
    assert [subscription.ended for subscription in subscriptions] == [True] * 3
    assert (hub.clients, hub.takes_more) == (0, False)
