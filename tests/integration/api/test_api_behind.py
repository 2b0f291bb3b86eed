"""What waits on Kafka and is not stored, told by the api: by a real broker and real tables."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from pantau.contracts import topics as names
from pantau.runtime.clock import utc_now
from pantau.runtime.kafka.publisher import Publisher, Record
from tests.support import api as support
from tests.support.api import HOUR, MINUTE, Api, running_api, store
from tests.support.event_stream import next_of, opened


class Later:
    """A clock that a test sets forward."""

    def __init__(self) -> None:
        self.by = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.by


async def write(bootstrap: str, *to: str) -> datetime:
    """A record on each of the topics; what it says does not matter. Returns an instant just before."""
    before = utc_now()
    publisher = Publisher(bootstrap)
    try:
        await publisher.publish([Record(topic, b"dinkes", b"?") for topic in to])
    finally:
        await publisher.stop()
    return before


async def behind(api: Api, *flows: str) -> Any:
    """The status, once these are behind and no others."""
    async with asyncio.timeout(30):
        while True:
            status = await api.get("/v1/status")
            if status["behind"] == list(flows):
                return status
            await asyncio.sleep(0.1)


async def test_a_comment_that_nobody_labels_is_told_until_it_is_stored(
    topics: str, clickhouse_database_url: str
) -> None:
    url, clock = clickhouse_database_url, Later()
    await store(url, "comments", [support.comment("c0", utc_now(), received_at=utc_now() - HOUR)])
    written = await write(topics, names.COMMENTS)
    clock.by = timedelta(seconds=40)
    async with running_api(url, topics, clock=clock, wait_for="ready") as api:
        status = await behind(api, "comments")
        since = datetime.fromisoformat(status["behind_since"])
        assert abs(since - written) < timedelta(seconds=15)
        async with opened(api) as stream:
            told = (await next_of(stream, "status")).data
        assert (told["behind"], told["behind_since"]) == (["comments"], status["behind_since"])
        await store(url, "comments", [support.comment("c1", written, received_at=written)])
        assert (await behind(api))["behind_since"] is None


async def test_posts_and_comments_that_scoring_leaves_are_told_and_the_older_instant(
    topics: str, clickhouse_database_url: str
) -> None:
    clock = Later()
    await write(topics, names.POSTS)
    await write(topics, names.COMMENTS)
    async with running_api(clickhouse_database_url, topics, clock=clock, wait_for="ready") as api:
        clock.by = MINUTE
        both = await behind(api, "comments", "posts")
        await store(clickhouse_database_url, "posts", [post_row(utc_now())])
        comments = await behind(api, "comments")
        assert both["behind_since"] < comments["behind_since"]
        clock.by = HOUR + MINUTE  # a lone record that nobody stores is forgotten
        await behind(api)


def post_row(received_at: datetime) -> dict[str, Any]:
    return {
        "account_id": "dinkes",
        "platform": "instagram",
        "post_id": "p1",
        "published_at": received_at,
        "kind": "photo",
        "observed_at": received_at,
        "received_at": received_at,
        "version": 1,
    }
