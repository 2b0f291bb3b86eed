"""From the topics through scoring to every answer that tells how old its figures are."""

import asyncio
import re
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pantau.contracts.events import FollowersObserved, MetricsObserved, PostObserved
from pantau.contracts.fields import Platform
from pantau.runtime.clock import Clock, utc_now
from tests.support.api import Api, clock_from, running_api
from tests.support.arrivals import account, comment, post
from tests.support.event_stream import next_of, opened
from tests.support.processes import Service, service
from tests.support.scoring_service import environment, publish, records

HOUR = timedelta(hours=1)


def wrong_by_seven_hours(now: datetime) -> list[Any]:
    """What a sender sends that writes local time as UTC, beside an honest one; all arrived at `now`."""
    local: dict[str, Any] = {"account_id": "dinkes", "platform": Platform.INSTAGRAM, "received_at": now}
    local["observed_at"] = now + 7 * HOUR
    return [
        account("dinkes"),
        account("disdik"),
        PostObserved(**local, post_id="p", published_at=now + 7 * HOUR),
        MetricsObserved(**local, post_id="p", views=10),
        FollowersObserved(**local, followers=5),
        comment(now, created_at=now + 7 * HOUR, observed_at=now + 7 * HOUR),
        post(now - HOUR, now - 2 * HOUR, account_id="disdik"),
    ]


async def told(api: Api) -> dict[str, Any]:
    """Status, board and account, each once everything published is known to it."""
    async with asyncio.timeout(30):
        while True:
            status = await api.get("/v1/status")
            if status["accounts_with_data"] == 2 and len(status["clocks_ahead"]) == 2:
                break
            await asyncio.sleep(0.2)
    return {
        "status": status,
        "board": await api.get("/v1/scores"),
        "one": await api.get("/v1/accounts/dinkes"),
    }


def age(body: dict[str, Any], now: datetime) -> timedelta:
    return now - datetime.fromisoformat(body["newest_received_at"])


async def test_a_senders_wrong_clock_makes_nothing_look_new(
    topics: str, clickhouse_database_url: str, tmp_path: Path
) -> None:
    url, now = clickhouse_database_url, utc_now()
    with service("scoring", environment(topics, url), tmp_path) as scoring:
        await publish(topics, records(wrong_by_seven_hours(now)))
        async with api_at(url, topics, utc_now) as api:
            assert_told(await told(api), now)
            async with opened(api) as stream:
                told_to_walls = (await next_of(stream, "status")).data
            assert datetime.fromisoformat(told_to_walls["newest_received_at"]) == now
            assert len(told_to_walls["clocks_ahead"]) == 2
        await assert_newest_arrival(scoring, now)
    async with api_at(url, topics, clock_from(now + HOUR)) as api:
        later = await told(api)
        assert age(later["status"], datetime.fromisoformat(later["status"]["now"])) >= HOUR
        assert [age(part, now + HOUR) for part in later.values()] == [HOUR, HOUR, HOUR]
    async with api_at(url, topics, clock_from(now + 24 * HOUR)) as api:
        assert (await api.get("/v1/status"))["clocks_ahead"] == []


def api_at(url: str, bootstrap: str, clock: Clock) -> AbstractAsyncContextManager[Api]:
    return running_api(url, bootstrap, clock=clock, wait_for="ready")


def assert_told(answers: dict[str, Any], now: datetime) -> None:
    arrived = now.isoformat().replace("+00:00", "Z")
    for body in (*answers.values(), *answers["board"]["scores"]):
        assert datetime.fromisoformat(body["newest_received_at"]) <= utc_now()
        assert body["newest_event_at"] is None or datetime.fromisoformat(body["newest_event_at"]) <= utc_now()
    for body in answers.values():
        assert (body["newest_received_at"], body["newest_event_at"]) == (arrived, arrived)
    wrong = {"account_id": "dinkes", "short_name": "Dinkes", "ahead_seconds": 25_200, "received_at": arrived}
    assert sorted(answers["status"]["clocks_ahead"], key=lambda one: one["platform"]) == [
        wrong | {"platform": "instagram"},
        wrong | {"platform": "tiktok"},
    ]
    of = {score["account_id"]: score["newest_received_at"] for score in answers["board"]["scores"]}
    assert of == {"dinkes": arrived, "disdik": (now - HOUR).isoformat().replace("+00:00", "Z")}


async def assert_newest_arrival(scoring: Service, now: datetime) -> None:
    async with asyncio.timeout(30):
        while True:
            text = await asyncio.to_thread(scoring.metrics)
            [found] = re.findall(r"^pantau_newest_arrival_timestamp_seconds (\S+)$", text, re.MULTILINE)
            if abs(float(found) - now.timestamp()) < 0.001:
                return
            await asyncio.sleep(0.3)
