"""The scoring process on the real broker and the real engine: exact, whatever is killed."""

import asyncio
import random
import re
from pathlib import Path

from deploy.clickhouse.migrate import migrate
from deploy.local.places import MIGRATIONS
from pantau.contracts import topics as names
from pantau.contracts.codec import encode
from pantau.contracts.events import (
    CommentsLabelled,
    LabelledComment,
)
from pantau.runtime.kafka.consumer import consumer, start_consumer, stop_consumer
from pantau.runtime.kafka.publisher import Record
from pantau.score.rules import load_rules
from tests.support.processes import Engine, Service, service
from tests.support.scoring_service import (
    ACCOUNTS,
    assert_scores_equal_oracle,
    environment,
    expected_counts,
    history,
    publish,
    published_scores,
    records,
    stored_scores,
    wait_for_counts,
)


async def test_events_become_scores_in_the_table_and_on_the_topic(
    topics: str, clickhouse_database_url: str, tmp_path: Path
) -> None:
    events = history(1)
    with service("scoring", environment(topics, clickhouse_database_url), tmp_path) as scoring:
        await publish(topics, records(events))
        await wait_for_counts(clickhouse_database_url, expected_counts(events))
        await assert_scores_equal_oracle(clickhouse_database_url, events)
        await wait_until_nothing_waits(scoring)
        scored = await stored_scores(clickhouse_database_url, len(ACCOUNTS))
        published = await published_scores(topics, scored)
        assert {k: v for k, v in published.items() if k in scored} == scored
        assert scoring.terminate() == 0, scoring.tail()


async def wait_until_nothing_waits(scoring: Service) -> None:
    """The lag that the watchdog reads has to reach exactly zero, or it would end an idle process."""
    async with asyncio.timeout(30):
        while True:
            text = await asyncio.to_thread(scoring.metrics)
            lags = re.findall(r"^pantau_consumer_lag_messages\{.*\} (\S+)$", text, re.MULTILINE)
            if lags and not any(float(lag) for lag in lags):
                return
            await asyncio.sleep(0.3)


async def test_clickhouse_away_for_a_while_loses_nothing(topics: str, tmp_path: Path) -> None:
    events = history(4, comments=300)
    sent = records(events)
    engine = Engine(tmp_path)
    engine.start()
    url = f"{engine.url}/pantau"
    await migrate(url, MIGRATIONS)
    try:
        with service("scoring", environment(topics, url), tmp_path) as scoring:
            await publish(topics, sent[:200])
            await asyncio.sleep(1)
            engine.kill()
            await publish(topics, sent[200:])
            await asyncio.sleep(3)
            engine.start()
            await wait_for_counts(url, expected_counts(events))
            await assert_scores_equal_oracle(url, events)
            assert scoring.process.poll() is None
    finally:
        engine.kill()


async def test_killed_in_mid_stream_it_ends_in_the_same_state(
    topics: str, clickhouse_database_url: str, tmp_path: Path
) -> None:
    events = history(2, comments=1500)
    sent = records(events)
    dice = random.Random(2)
    repeated = [*sent, *dice.sample(sent, k=300)]
    with service("scoring", environment(topics, clickhouse_database_url), tmp_path) as scoring:
        for part in (repeated[:600], repeated[600:1200], repeated[1200:]):
            await publish(topics, part)
            await asyncio.sleep(dice.uniform(0.3, 0.9))
            scoring.kill()
            scoring.start()
        scoring.wait_until_ready()
        await wait_for_counts(clickhouse_database_url, expected_counts(events))
        await assert_scores_equal_oracle(clickhouse_database_url, events)


async def test_what_cannot_be_read_goes_to_dead_letters_with_its_bytes(
    topics: str, clickhouse_database_url: str, tmp_path: Path
) -> None:
    import base64

    import orjson

    events = history(3, comments=20)
    good = records(events)
    comment = next(e for e in events if isinstance(e, LabelledComment))
    half_bad = orjson.loads(encode(CommentsLabelled(account_id=comment.account_id, comments=(comment,) * 2)))
    half_bad["comments"][1]["label"] = "angry"
    poison = [
        Record(names.LABELLED, b"x", b"\xff not json"),
        Record(names.POSTS, b"x", b'{"schema_version":9,"type":"post.observed"}'),
        Record(names.LABELLED, comment.account_id.encode(), orjson.dumps(half_bad)),
    ]
    with service("scoring", environment(topics, clickhouse_database_url), tmp_path):
        await publish(topics, [*poison, *good])
        await wait_for_counts(clickhouse_database_url, expected_counts(events))
    reader = consumer(names.DEAD_LETTERS, bootstrap_servers=topics, group=None)
    await start_consumer(reader)
    letters = [orjson.loads(r.value) for b in (await reader.getmany(timeout_ms=5000)).values() for r in b]
    await stop_consumer(reader)
    bodies = {base64.b64decode(letter["payload_base64"]): letter for letter in letters}
    assert bodies[poison[0].value]["reason"] == "not_json"
    assert bodies[poison[1].value]["reason"] == "unknown_version"
    assert bodies[orjson.dumps(half_bad["comments"][1])]["position"] == 1


def test_rules_of_the_repository_are_valid() -> None:
    assert load_rules(Path("deploy/scoring/rules.yaml")).version
