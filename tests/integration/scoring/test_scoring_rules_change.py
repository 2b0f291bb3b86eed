"""Another rule file: weights hold at once for every score, counting rules only after a rebuild."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import yaml

from deploy.local.places import ROOT
from pantau.contracts import topics as names
from pantau.runtime.clickhouse import connect
from pantau.runtime.kafka.consumer import consumer, start_consumer, stop_consumer
from pantau.runtime.settings import EXIT_CONFIGURATION
from pantau.score.rules import Rules
from services.scoring.rebuild import __main__ as rebuild
from tests.support.processes import Service, service
from tests.support.rebuild import derived
from tests.support.scoring_oracle import RULES
from tests.support.scoring_service import (
    environment,
    expected_counts,
    history,
    publish,
    records,
    wait_for_counts,
)

WEIGHTS = {"views": 0.25, "posts": 0.25, "comments": 0.25, "likes": 0.25}


def changed(rules: Rules, **fields: Any) -> Rules:
    return Rules.model_validate(rules.model_dump(mode="json") | fields)


def rule_file(folder: Path, rules: Rules) -> str:
    path = folder / f"{rules.version}.yaml"
    path.write_text(yaml.safe_dump(rules.model_dump(mode="json")), encoding="utf-8")
    return str(path)


async def until_all_scores_are_of(url: str, version: str) -> None:
    client = await connect(url)
    try:
        async with asyncio.timeout(60):
            while True:
                rows = (await client.query("SELECT DISTINCT rules_version FROM scores FINAL")).result_rows
                if rows == [(version,)]:
                    return
                await asyncio.sleep(0.3)
    finally:
        await client.close()


async def versions_on_the_topic(bootstrap: str) -> set[str]:
    """Of the latest record of each key."""
    reader = consumer(names.SCORES, bootstrap_servers=bootstrap, group=None)
    await start_consumer(reader)
    latest: dict[bytes, str] = {}
    try:
        while found := await reader.getmany(timeout_ms=3000):
            for batch in found.values():
                latest |= {r.key: orjson.loads(r.value)["rules_version"] for r in batch}
        return set(latest.values())
    finally:
        await stop_consumer(reader)


def run_rebuild(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services.scoring.rebuild"]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | env, capture_output=True, text=True, timeout=120, check=False
    )


async def content(url: str) -> dict[str, list[tuple[Any, ...]]]:
    client = await connect(url)
    try:
        return await derived(client)
    finally:
        await client.close()


async def test_from_rule_file_to_rule_file(topics: str, clickhouse_database_url: str, tmp_path: Path) -> None:
    url, events = clickhouse_database_url, history(14, comments=200)
    first = environment(topics, url)
    weighted = changed(RULES, version="weighted", weights=WEIGHTS)
    renamed = changed(weighted, version="renamed")
    guarded = changed(renamed, version="guarded", max_comments_per_author_and_post=1)
    with service("scoring", first, tmp_path):
        await publish(topics, records(events))
        await wait_for_counts(url, expected_counts(events))
        await until_all_scores_are_of(url, RULES.version)
    # 1. other weights, then a version in which no number is another: every score of every month carries it
    for rules in (weighted, renamed):
        with service("scoring", first | {"SCORING_RULES_FILE": rule_file(tmp_path, rules)}, tmp_path):
            await until_all_scores_are_of(url, rules.version)
    assert await versions_on_the_topic(topics) == {"renamed"}
    # 2. other counting rules: nothing is started, the rule is named, nothing has changed
    before = await content(url)
    env = first | {"SCORING_RULES_FILE": rule_file(tmp_path, guarded)}
    refused = Service("scoring", env, tmp_path / "refused.log")
    refused.start()
    assert refused.process.wait(60) == EXIT_CONFIGURATION, refused.tail()
    assert "max_comments_per_author_and_post: stored 3" in refused.tail()
    assert await content(url) == before
    # 3. after a rebuild it starts; the scores were there before it did
    done = await asyncio.to_thread(run_rebuild, env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert await versions_on_the_topic(topics) == {"guarded"}
    rebuilt = await content(url)
    assert rebuilt["post_buckets"] != before["post_buckets"]
    with service("scoring", env, tmp_path) as scoring:
        await until_all_scores_are_of(url, "guarded")
        assert scoring.terminate() == 0, scoring.tail()
    assert (await content(url))["month_buckets"] == rebuilt["month_buckets"]


async def test_a_rebuild_without_kafka_says_how_to_go_on(
    clickhouse_database_url: str, tmp_path: Path
) -> None:
    env = environment("127.0.0.1:1", clickhouse_database_url) | {"SCORING_RETRY_SECONDS": "1"}
    client = await connect(clickhouse_database_url)
    try:
        await client.command("INSERT INTO accounts (account_id, active, version) VALUES ('dinkes', true, 1)")
        done = await asyncio.to_thread(run_rebuild, env)
        assert done.returncode == rebuild.EXIT_AGAIN, done.stdout + done.stderr
        assert "the same command again" in done.stdout
    finally:
        await client.close()
