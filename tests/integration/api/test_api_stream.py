"""The event stream over a real broker and real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from pantau.runtime.clock import utc_now
from tests.support import api as support
from tests.support.api import KEY, Api, change, publish, running_api, store
from tests.support.event_stream import READY, Event, next_of, opened


@pytest.fixture
async def api(clickhouse_database_url: str, topics: str) -> AsyncIterator[Api]:
    # LoggingProgress of the future: no test waits for a score to be stored.
    await store(clickhouse_database_url, "score_ticks", [support.tick(utc_now() + timedelta(days=1))])
    async with running_api(
        clickhouse_database_url, topics, clock=utc_now, wait_for=READY, API_STREAM_CLIENTS="5"
    ) as api:
        yield api


async def scores_of(stream: AsyncIterator[Event], count: int) -> list[Event]:
    return [await next_of(stream, "score") for _ in range(count)]


async def test_a_changed_score_reaches_every_reader(api: Api, topics: str) -> None:
    before = REGISTRY.get_sample_value("pantau_event_age_seconds_count", {"stage": "api"}) or 0
    async with opened(api) as first, opened(api) as second:
        assert (await next_of(first, "status")).data["build"] == "none"
        assert (await next_of(second, "status")).event_id is None
        await publish(topics, change("dinkes", 40.0), raw=b"not json")
        [told], [also] = await scores_of(first, 1), await scores_of(second, 1)
        assert told == also
        assert (told.data["account_id"], told.data["window"], told.data["score"]) == ("dinkes", "24h", 40.0)
        assert told.data["parts"]["views"]["points"] == 10.0
        assert (await next_of(first, "pulse")).data["at"].endswith("Z")
        assert (await next_of(first, "status")).data["accounts"] == 0
        assert open_streams() == 2
    after = REGISTRY.get_sample_value("pantau_event_age_seconds_count", {"stage": "api"})
    assert after == before + 2
    await readers_left(0)


def open_streams() -> float | None:
    return REGISTRY.get_sample_value("pantau_stream_clients")


async def readers_left(count: int) -> None:
    async with asyncio.timeout(30):
        while open_streams() != count:  # noqa: ASYNC110 - a gauge tells nobody
            await asyncio.sleep(0.05)


async def test_a_reader_goes_on_where_it_was(api: Api, topics: str) -> None:
    async with opened(api) as stream:
        await publish(topics, change("a", 1.0))
        [seen] = await scores_of(stream, 1)
    assert seen.event_id
    async with opened(api) as witness:
        await publish(topics, change("b", 2.0), change("c", 3.0))
        missed = await scores_of(witness, 2)
        for parameters in ({"last_event_id": seen.event_id}, {}):
            header = "" if parameters else seen.event_id
            async with opened(api, header, **parameters) as stream:
                assert await scores_of(stream, 2) == missed
    assert len({event.event_id for event in [seen, *missed]}) == 3


@pytest.mark.parametrize("last_event_id", ["00000000-1", "9", "x", "kemarin-siang"])
async def test_a_reader_of_another_process_is_told_to_begin_anew(
    api: Api, topics: str, last_event_id: str
) -> None:
    async with opened(api, last_event_id) as stream:
        assert (await next_of(stream, "reset")).data == {}
        await publish(topics, change("a", 1.0))
        assert (await scores_of(stream, 1))[0].data["score"] == 1.0


async def test_one_reader_too_many_is_sent_away(api: Api) -> None:
    async with opened(api), opened(api), opened(api), opened(api), opened(api):
        await readers_left(5)
        answer = await api.client.get("/v1/stream")
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert int(answer.headers["retry-after"]) > 0
    await readers_left(0)
    async with opened(api) as stream:
        await next_of(stream, "status")


async def test_a_reader_that_does_not_read_is_let_go_and_holds_nobody_up(api: Api) -> None:
    port = api.client.base_url.port
    assert port is not None
    with socket.socket() as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.connect(("127.0.0.1", port))
        request = f"GET /v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n\r\n"
        lazy.sendall(request.encode())
        await readers_left(1)
        async with opened(api) as stream:
            await readers_left(2)
            data = change("dinkes", 1.0).model_dump_json()
            told = 0
            while api.hub.clients == 2:
                for _ in range(500):
                    api.hub.tell_score(data, utc_now())
                told += 500
                assert told < 1_000_000
                await scores_of(stream, 500)
            assert api.hub.clients == 1
            api.hub.tell_score(data, utc_now())
            await scores_of(stream, 1)


async def test_a_score_is_told_once_it_can_be_read(clickhouse_database_url: str, topics: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account("dinkes")])
    await store(url, "scores", [support.score("dinkes", 1.0, 1)])
    async with running_api(url, topics, clock=utc_now, wait_for=READY) as api, opened(api) as stream:
        assert (await api.get("/v1/scores"))["scores"][0]["score"] == 1.0
        changed = change("dinkes", 2.0)
        await publish(topics, changed)
        await asyncio.sleep(0.5)
        assert (await api.get("/v1/scores"))["scores"][0]["score"] == 1.0
        at = {"at": changed.computed_at, "computed_at": changed.computed_at}
        await store(url, "scores", [support.score("dinkes", 2.0, 1, version=2, **at)])
        await store(url, "score_ticks", [support.tick(changed.computed_at)])
        [told] = await scores_of(stream, 1)
        read = await api.get("/v1/scores")  # at once: what was kept a moment ago is not given any more
    assert told.data["score"] == read["scores"][0]["score"] == 2.0


async def test_streams_end_in_order_when_the_service_stops(api: Api) -> None:
    async with opened(api) as stream:
        await next_of(stream, "status")
        api.stop.set()
        async with asyncio.timeout(10):
            assert [event.kind async for event in stream if event.kind != "status"] == []


async def test_stream_opens_without_clickhouse_and_kafka(api: Api) -> None:
    async with running_api("http://default@127.0.0.1:1/pantau", wait_for=None) as other:
        headers = {"Authorization": f"Bearer {KEY}"}
        async with other.client.stream("GET", "/v1/stream", headers=headers) as response:
            async for line in response.aiter_lines():
                assert line == "retry: 3000"
                break
