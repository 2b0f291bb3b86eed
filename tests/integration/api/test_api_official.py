"""Official months over HTTP: what was frozen, byte by byte, whatever the facts say since."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from pantau.score.rules import Normaliser
from tests.support import api as support
from tests.support.api import running_api
from tests.support.close import (
    ACCOUNTS,
    HOUR,
    MATURE,
    RULES,
    SPAN,
    closed,
    comment,
    connected,
    october,
    registered,
    write,
)

CLOCK = support.clock_from(MATURE + timedelta(days=2))
LATE = [comment("akun-0", f"late-{n}", "p0", SPAN.start + HOUR, author=f"{n:064x}") for n in range(40)]


async def frozen(url: str, **wanted: Any) -> dict[str, Any]:
    async with connected(url) as client:
        await write(client, october())
        return (await closed(client, now=MATURE + HOUR, **wanted)).stored


async def test_a_frozen_month_is_listed_and_told(clickhouse_database_url: str) -> None:
    stored = await frozen(clickhouse_database_url)
    async with running_api(clickhouse_database_url, clock=CLOCK) as api:
        listed = (await api.get("/v1/official"))["revisions"]
        month = await api.get("/v1/official/2026-10")
    assert [(each["month"], each["revision"], each["holds"]) for each in listed] == [("2026-10", 1, True)]
    assert {name: month[name] for name in listed[0]} == listed[0]
    assert (month["closed_at"], month["matured_at"]) == ("2026-11-03T18:00:00Z", "2026-11-03T17:00:00Z")
    assert (month["from"], month["until"]) == ("2026-09-30T17:00:00Z", "2026-10-31T17:00:00Z")
    assert month["rules"] == stored["rules"]
    scores = {score["account_id"]: score for score in month["scores"]}
    results = stored["results"]
    assert {a: (s["score"], s["rank"], s["parts"]) for a, s in scores.items()} == {
        a: (s["score"], s["rank"], s["parts"]) for a, s in results["scores"].items()
    }
    assert {a: s["other_ranks"] for a, s in scores.items()} == {
        a: {name: ranks[a] for name, ranks in results["sensitivity"]["ranks"].items()} for a in ACCOUNTS
    }
    ranks = [score["rank"] for score in month["scores"] if score["rank"]]
    assert ranks == sorted(ranks)
    assert month["scores"][0]["short_name"].startswith("Akun-")


async def test_the_documents_bytes_have_the_published_hash(clickhouse_database_url: str) -> None:
    await frozen(clickhouse_database_url)
    async with running_api(clickhouse_database_url, clock=CLOCK) as api:
        month = await api.get("/v1/official/2026-10")
        answer = await api.client.get("/v1/official/2026-10/document")
        tag = answer.headers["etag"]
        again = await api.client.get(
            "/v1/official/2026-10/document", headers={"If-None-Match": f'"x", {tag}'}
        )
        other = await api.client.get("/v1/official/2026-10/document", headers={"If-None-Match": '"x"'})
    assert sha256(answer.content).hexdigest() == month["sha256"] == tag.removeprefix("W/").strip('"')
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "application/json"
    assert (again.status_code, again.content) == (304, b"")
    assert other.content == answer.content


async def test_the_board_of_a_frozen_month_is_the_frozen_one(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    async with connected(url) as client:
        await write(client, october())
        async with running_api(url, clock=CLOCK) as api:
            before = await api.get("/v1/scores", month="2026-10")
        closing = await closed(client, now=MATURE + HOUR)
        await write(client, [*LATE, registered("akun-1", active=False, registered_at=SPAN.start)])
    async with running_api(url, clock=CLOCK) as api:
        board = await api.get("/v1/scores", month="2026-10")
        running = await api.get("/v1/scores", month="2026-11")
    assert (before["status"], before["revision"], before["sha256"]) == ("past", None, None)
    assert (board["status"], board["revision"], board["sha256"]) == ("official", 1, closing.sha256)
    assert (running["status"], running["revision"]) == ("provisional", None)
    assert (board["at"], board["rules_version"]) == ("2026-11-03T17:00:00Z", RULES.version)
    kept = ("account_id", "rank", "score", "parts", "sentiment", "completeness", "posts_missing")
    assert [{n: s[n] for n in kept} for s in board["scores"]] == [
        {n: s[n] for n in kept} for s in before["scores"]
    ]


async def test_both_revisions_can_be_read(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await frozen(url)
    async with connected(url) as client:
        await write(client, LATE)
        await closed(client, now=MATURE + 2 * HOUR, reason="komentar terlambat")
    async with running_api(url, clock=CLOCK) as api:
        listed = (await api.get("/v1/official"))["revisions"]
        first, second = [await api.get("/v1/official/2026-10", revision=n) for n in (1, 2)]
        newest = await api.get("/v1/official/2026-10")
        documents = [
            (await api.client.get("/v1/official/2026-10/document", params={"revision": n})).content
            for n in (1, 2)
        ]
        board = await api.get("/v1/scores", month="2026-10")
    assert [(each["revision"], each["holds"], each["reason"]) for each in listed] == [
        (2, True, "komentar terlambat"),
        (1, False, ""),
    ]
    assert [sha256(each).hexdigest() for each in documents] == [first["sha256"], second["sha256"]]
    assert newest == second
    assert not first["holds"]
    comments = [
        next(s for s in month["scores"] if s["account_id"] == "akun-0")["parts"]["comments"]["raw"]
        for month in (first, second)
    ]
    assert comments[1] > comments[0]
    assert (board["revision"], board["sha256"]) == (2, second["sha256"])


async def test_a_simulated_month_never_looks_official(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    async with connected(url) as client:
        await write(client, [*october(), comment("akun-0", "demo", "p0", SPAN.start, simulated=True)])
        await closed(client, simulated=True)
    async with running_api(url, clock=CLOCK) as api:
        board = await api.get("/v1/scores", month="2026-10")
        month = await api.get("/v1/official/2026-10")
    assert (board["status"], board["revision"], board["simulated"]) == ("past", None, True)
    assert month["simulated"]


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/v1/official/2026-09", 404, "2026-09 is not frozen"),
        ("/v1/official/2026-10?revision=2", 404, "revision 2 of 2026-10"),
        ("/v1/official/2026-10/document?revision=2", 404, "revision 2 of 2026-10"),
        ("/v1/official/2026-13", 422, "month"),
        ("/v1/official/0000-01", 422, "month"),
        ("/v1/official/2026-10?revision=0", 422, "revision"),
        ("/v1/official/2026-10?revison=1", 422, "revison"),
    ],
)
async def test_what_is_not_there_is_refused_with_a_reason(
    clickhouse_database_url: str, path: str, status: int, word: str
) -> None:
    async with running_api(clickhouse_database_url, clock=CLOCK) as api:
        answer = await api.client.get(path)
    assert answer.status_code == status
    assert word in answer.json()["detail"]


async def test_a_month_with_other_rules_tells_those_it_was_closed_with(clickhouse_database_url: str) -> None:
    rules = RULES.model_copy(update={"version": "lama", "normaliser": Normaliser.PERCENTILE})
    await frozen(clickhouse_database_url, rules=rules)
    async with running_api(clickhouse_database_url, clock=CLOCK) as api:
        board = await api.get("/v1/scores", month="2026-10")
        month = await api.get("/v1/official/2026-10")
    assert (board["rules_version"], board["normaliser"]) == ("lama", "percentile")
    assert set(month["scores"][0]["other_ranks"]) == {"log_winsor", "share_of_max", "per_1000_followers"}
