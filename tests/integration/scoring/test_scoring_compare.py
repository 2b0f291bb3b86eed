"""Two rule files' scores side by side, each equal to the oracle's, before the new one takes effect."""

import asyncio
import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from deploy.local.places import ROOT
from pantau.runtime.clickhouse import connect
from pantau.score.rules import Rules
from pantau.score.windows import Window, month_of
from services.scoring.buckets.flush import Flush
from services.scoring.compare.rankings import Sliding, compare
from tests.support.oracle import Oracle
from tests.support.rebuild import derived
from tests.support.scoring_oracle import RULES, comparable
from tests.support.scoring_service import ACCOUNTS, environment, history

NEW = Rules.model_validate(
    RULES.model_dump(mode="json")
    | {
        "version": "new",
        "weights": {"views": 0.4, "posts": 0.3, "comments": 0.2, "likes": 0.1},
        "normaliser": "share_of_max",
        "max_comments_per_author_and_post": 1,
        "max_posts_per_day": 1,
        "flags": {"copied_text": {"authors": 2}},
    }
)


def oracle(events: list[Any], rules: Rules) -> Oracle:
    return Oracle(events, rules.model_dump(mode="json"))


async def test_both_equal_the_oracle_and_nothing_is_written(clickhouse_database_url: str) -> None:
    events = history(12, comments=150)
    now = datetime.now(UTC)
    client = await connect(clickhouse_database_url)
    try:
        await Flush(client, RULES).write(events)
        stored = await derived(client)
        for window in (Window.HOUR, Window.DAY, Window.MONTH_LONG):
            found = await compare(client, Sliding(window, now), RULES, NEW, now)
            before = comparable([pair.before for pair in found.pairs])
            after = comparable([pair.after for pair in found.pairs])
            assert before == oracle(events, RULES).sliding(window.value, now), window
            assert after == oracle(events, NEW).sliding(window.value, now), window
        month: date = month_of(min(e.published_at for e in events if e.type == "post.observed"))
        found = await compare(client, month, RULES, NEW, now)
        assert comparable([pair.before for pair in found.pairs]) == oracle(events, RULES).month(
            f"{month:%Y-%m}", now
        )
        assert comparable([pair.after for pair in found.pairs]) == oracle(events, NEW).month(
            f"{month:%Y-%m}", now
        )
        assert await derived(client) == stored
    finally:
        await client.close()


async def command(env: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.scoring.compare", *arguments),
        cwd=ROOT,
        env={**os.environ, **env, "COLUMNS": "120"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, out.decode(), err.decode()


async def test_the_command(clickhouse_database_url: str, tmp_path: Path) -> None:
    client = await connect(clickhouse_database_url)
    await Flush(client, RULES).write(history(13, comments=60))
    await client.close()
    new = tmp_path / "new.yaml"
    new.write_text(yaml.safe_dump(NEW.model_dump(mode="json")), encoding="utf-8")
    env = environment("127.0.0.1:1", clickhouse_database_url)
    period = ("--with", str(new), "--window", "30d")
    status, out, err = await command(env, *period, "--json")
    assert status == 0, err
    answer = json.loads(out)
    assert answer["rules"] == {"before": RULES.version, "after": "new"}
    assert answer["rebuild_needed"] is True
    assert {account["account_id"] for account in answer["accounts"]} == set(ACCOUNTS)
    assert min(account["rank"]["after"] for account in answer["accounts"]) == 1
    status, out, err = await command(env, *period)
    assert status == 0, err
    assert "score new" in out
    assert "services.scoring.rebuild is needed" in out
    status, _, err = await command(env, *period, "--month", "2026-10")
    assert status == 2
    assert "either --month or --window" in err
