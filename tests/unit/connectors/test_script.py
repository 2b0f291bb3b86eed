import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.connectors.files.files import opened
from services.connectors.files.habits import Defaults
from services.connectors.files.pace import batches
from services.connectors.files.script import Line, Script
from services.ingest.events import inbound
from tests.unit.connectors.support import COMMENT, READING, ROWS, csv_of, script_of, sent

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHARED = Path("../shared/data")


def test_a_post_is_told_once_by_its_earliest_reading() -> None:
    later = READING | {"observed_at": "2020-07-09", "title": "Judul baru"}
    script = script_of(("a.csv", [later, READING, later]))
    kinds = [orjson.loads(line)["type"] for line in sent(script)]
    assert kinds == ["post.observed", *["metrics.observed"] * 3]
    assert orjson.loads(sent(script)[0])["text"] == "Judul"


def test_the_same_post_under_two_accounts_is_two_posts() -> None:
    script = script_of(("a.csv", [READING, READING | {"account_id": "UC2"}]))
    assert sum(b'"post.observed"' in line for line in sent(script)) == 2


@given(st.permutations(ROWS), st.integers(0, 40))
def test_order_of_rows_and_files_does_not_matter(shuffled: list[dict[str, Any]], cut: int) -> None:
    expected = sent(script_of(("all.csv", ROWS)))
    assert sent(script_of(("b.csv", shuffled[:cut]), ("a.csv", shuffled[cut:]))) == expected


def test_events_of_all_files_come_in_order_of_time() -> None:
    comments = [COMMENT | {"id": f"c{day}", "created_at": f"2020-07-{day:02}"} for day in (20, 5, 11)]
    script = script_of(("a.jsonl", comments), ("b.csv", ROWS))
    instants = [line.at for line in script.shifted()]
    assert instants == sorted(instants)


def test_shifting_moves_every_instant_alike_and_ends_now() -> None:
    comments = [COMMENT | {"id": str(day), "created_at": f"2021-03-{day:02}T01:02:03Z"} for day in (1, 9)]
    plain, shifted = script_of(("a", comments), ("b", ROWS)), script_of(("a", comments), ("b", ROWS), now=NOW)
    moved = NOW - datetime(2021, 3, 9, 1, 2, 3, tzinfo=UTC)
    for before, after in zip(sent(plain), sent(shifted), strict=True):
        old, new = orjson.loads(before), orjson.loads(after)
        for name in ("created_at", "published_at", "observed_at"):
            if name in old:
                assert datetime.fromisoformat(new.pop(name)) == datetime.fromisoformat(old.pop(name)) + moved
        assert new == old
    assert orjson.loads(sent(shifted)[-1])["observed_at"] == "2026-11-21T12:00:00Z"


def test_accounts_are_watched_from_their_earliest_event() -> None:
    script = script_of(("a.csv", ROWS), ("b.jsonl", [COMMENT]))
    assert script.accounts() == [
        {
            "account_id": "UC1",
            "name": "Kanal Satu",
            "short_name": "Kanal Satu",
            "onboarded_at": "2020-07-08T00:00:00+00:00",
        },
        {
            "account_id": "dinkes",
            "name": "dinkes",
            "short_name": "dinkes",
            "onboarded_at": "2021-03-01T00:00:00+00:00",
        },
    ]
    shifted = script_of(("b.jsonl", [COMMENT]), now=NOW)
    assert shifted.accounts()[0]["onboarded_at"] == "2026-11-21T12:00:00+00:00"


def test_refusals_are_counted_with_their_first_row() -> None:
    script = script_of(("a.jsonl", [COMMENT, COMMENT | {"account": None}, COMMENT | {"account": None}]))
    reason = "the row names no account; give one with --account NAME"
    assert script.refusals.counts == {reason: 2}
    assert script.refusals.examples == {reason: (reason, "a.jsonl row 2")}


def test_refusals_that_differ_in_their_values_are_of_one_kind() -> None:
    readings = [READING | {"views": views} for views in ("banyak", "12.000", "1.234", "sedikit")]
    script = script_of(("a.csv", readings))
    assert sorted(script.refusals.counts.values()) == [2, 2]
    assert [place for _, place in script.refusals.examples.values()] == ["a.csv row 1", "a.csv row 2"]


def line(at: int, size: int = 10) -> Line:
    return Line(at, 0, b"x" * size, "a row 1")


async def collected(lines: Iterator[Line], speed: float | None) -> list[int]:
    return [len(batch) async for batch in batches(lines, speed)]


async def test_batches_are_bounded_in_events_and_bytes() -> None:
    assert await collected(iter([line(n) for n in range(1_200)]), None) == [500, 500, 200]
    assert await collected(iter([line(n, 1_500_000) for n in range(5)]), None) == [2, 2, 1]
    assert await collected(iter([]), None) == []


async def test_time_passes_by_the_factor() -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    minute = 60_000_000
    assert sum(await collected(iter([line(0), line(minute), line(2 * minute)]), 600)) == 3
    assert loop.time() - started >= 0.2


REAL_FILES = sorted(SHARED.glob("[ce]*/*.gz"))


@pytest.mark.parametrize("path", [Path("own sample"), *REAL_FILES], ids=lambda path: path.name)
def test_every_row_of_real_files_gives_acceptable_events(path: Path, tmp_path: Path) -> None:
    if not path.exists():
        path = tmp_path / "sample.csv"
        path.write_bytes(csv_of(ROWS))
    script = Script(Defaults(account="dinkes"))
    script.read_file(opened(path))
    script.finish()
    assert not script.refusals.counts
    for each in script.lines[:: max(1, len(script.lines) // 2_000)]:
        inbound.read(orjson.loads(each.json), NOW)
