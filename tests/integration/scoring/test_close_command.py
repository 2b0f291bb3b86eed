"""The closing command as a person runs it: what it says, and with which status it ends."""

import asyncio
import re
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from typer import Typer
from typer.testing import CliRunner, Result

from deploy.local.places import ROOT
from pantau.runtime.clock import utc_now
from pantau.score.windows import closes_at, month_of
from services.scoring.close import __main__ as close
from tests.support.close import SPAN, comment, connected, october, write

APP = Typer()
APP.command()(close.main)
LATE = [comment("akun-0", f"late-{n}", "p0", SPAN.start, author=f"{n:064x}") for n in range(40)]


def run(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(APP, arguments, env={"CLICKHOUSE_URL": url, "COLUMNS": "160"})


async def stored(url: str, *events: object) -> None:
    async with connected(url) as client:
        await write(client, [*october(), *events])


def ran(url: str, *arguments: str) -> tuple[int, str]:
    """Status and output; what the command did not expect is raised."""
    result = run(url, *arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture
def url(clickhouse_database_url: str) -> str:
    asyncio.run(stored(clickhouse_database_url))
    return clickhouse_database_url


def test_a_month_is_frozen_checked_and_frozen_again_with_a_reason(url: str, tmp_path: Path) -> None:
    file = tmp_path / "2026-10.json"
    status, said = ran(url, "2026-10", "--out", str(file))
    assert status == 0
    assert "Frozen as revision 1" in said
    found = re.search(r"SHA-256 ([0-9a-f]{64})", said)
    assert found
    assert sha256(file.read_bytes()).hexdigest() == found[1]
    assert re.search(r"Read: \d+ posts .*\d+ readings, \d+ comments \(\d+ counted", said)
    assert "the first three" in said.lower()
    assert ran(url, "2026-10")[1].count("Unchanged, revision 1 holds.") == 1
    asyncio.run(stored(url, *LATE))
    status, said = ran(url, "2026-10")
    assert (status, "refused: 2026-10 is frozen as revision 1" in said) == (1, True)
    assert "Akun-0" in said
    assert "Dry run: revision 2 would be frozen." in ran(url, "2026-10", "--dry-run")[1]
    status, said = ran(url, "2026-10", "--reason", "komentar terlambat")
    assert (status, "Frozen as revision 2" in said) == (0, True)
    status, said = ran(url, "2026-10", "--verify")
    assert (status, said.count("It holds.")) == (0, 2)


def test_a_changed_document_ends_with_one(url: str) -> None:
    assert ran(url, "2026-10")[0] == 0

    async def forge() -> None:
        async with connected(url) as client:
            await client.command(
                "ALTER TABLE official_months UPDATE document = replaceOne(document, 'likes', 'views')"
                " WHERE true SETTINGS mutations_sync = 2"
            )

    asyncio.run(forge())
    status, said = ran(url, "2026-10", "--verify")
    assert (status, "It does not hold." in said) == (1, True)


def test_other_rules_are_given_as_a_file(url: str, tmp_path: Path) -> None:
    rules = yaml.safe_load((ROOT / "deploy/scoring/rules.yaml").read_text(encoding="utf-8"))
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump(rules | {"version": "lama", "minimum_posts": 0}), encoding="utf-8")
    assert ran(url, "2026-10")[0] == 0
    status, said = ran(url, "2026-10", "--rules", str(file))
    assert status == 1
    assert "rules: minimum_posts: 4 → 0" in said
    assert "rules: version" in said


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (["2026-13"], 2, "YYYY-MM"),
        (["2026-10", "--reason", "x" * 201], 2, "200"),
        (["2026-10", "--rules", "nowhere.yaml"], 2, "nowhere.yaml"),
        (["2026-09", "--verify"], 1, "2026-09 is not frozen"),
        (["2019-01"], 1, "nothing is known of 2019-01"),
        ([f"{month_of(utc_now()):%Y-%m}"], 1, f"{closes_at(month_of(utc_now())):%Y-%m-%dT%H:%MZ}"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(
    clickhouse_database_url: str, arguments: list[str], status: int, word: str
) -> None:
    result = run(clickhouse_database_url, *arguments)
    assert (result.exit_code, word in result.output) == (status, True), result.output


def test_without_clickhouse_it_says_so() -> None:
    result = run("http://default@127.0.0.1:1/pantau", "2026-10")
    assert (result.exit_code, "nothing was frozen by this run" in result.output) == (75, True)
