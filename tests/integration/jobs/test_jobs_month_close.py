"""The latest mature month is closed by itself, once; everything else waits for a person."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from clickhouse_connect.driver.asyncclient import AsyncClient

from deploy.local.places import ROOT
from pantau.contracts.events import Event
from pantau.runtime import metrics
from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka.publisher import Record
from pantau.score.official import read_revisions
from pantau.score.windows import closes_at
from services.jobs import month_close
from services.jobs.month_close import Ended, MonthCloser, latest_mature
from services.jobs.scheduler import Job, run_once
from services.scoring.scores import ScoreUpdater
from tests.support.close import (
    ACCOUNTS,
    HOUR,
    MATURE,
    OCTOBER,
    RULES,
    SPAN,
    closed,
    comment,
    connected,
    october,
    registered,
    write,
)

RULES_FILE = ROOT / "deploy" / "scoring" / "rules.yaml"


class Closer:
    """Stands for the command: notes what it was asked for, and closes it."""

    def __init__(self, client: AsyncClient, status: int = 0) -> None:
        self.asked: list[date] = []
        self._client = client
        self._status = status

    async def __call__(self, month: date) -> Ended:
        self.asked.append(month)
        if not self._status and month == OCTOBER:
            await closed(self._client, now=MATURE + HOUR)
        return Ended(self._status, "what it said")


async def publish_nothing(records: Sequence[Record]) -> None:
    """Nobody reads the topic here."""


async def nothing_waits() -> int:
    return 0


def failures() -> float:
    return float(metrics.JOB_FAILURES.labels("month_close")._value.get())


def overdue() -> float:
    return float(metrics.MONTH_OVERDUE._value.get())


async def looked(
    url: str,
    events: list[Event],
    now: datetime = MATURE + HOUR,
    *,
    status: int = 0,
    automatic: bool = True,
    times: int = 2,
) -> tuple[list[date], int]:
    """Which months were asked for in some looks, and how many revisions there are then."""
    async with connected(url) as client:
        await write(client, events)
        closer = Closer(client, status)
        months = MonthCloser(client, lambda: now, closer, nothing_waits, rules=RULES, automatic=automatic)
        for _ in range(times):
            await run_once(Job("month_close", 60, months.look))
        return closer.asked, len(await read_revisions(client))


async def test_a_mature_month_is_closed_once(clickhouse_database_url: str) -> None:
    assert await looked(clickhouse_database_url, october()) == ([OCTOBER], 1)
    assert overdue() == 0
    assert metrics.NEWEST_CLOSED_MONTH._value.get() == SPAN.until.timestamp()


async def test_without_the_setting_it_only_tells_how_late_it_is(clickhouse_database_url: str) -> None:
    assert await looked(clickhouse_database_url, october(), automatic=False) == ([], 0)
    assert overdue() == 3600


async def test_a_command_that_fails_is_tried_again_and_told(clickhouse_database_url: str) -> None:
    before = failures()
    assert await looked(clickhouse_database_url, october(), status=75, times=3) == ([OCTOBER] * 3, 0)
    assert overdue() == 3600
    assert failures() == before + 3


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(MATURE - timedelta(seconds=1), id="not mature"),
        pytest.param(closes_at(date(2026, 11, 1)), id="no longer the latest"),
        pytest.param(datetime(2030, 1, 1, tzinfo=UTC), id="history"),
    ],
)
async def test_only_the_latest_mature_month_is_closed(clickhouse_database_url: str, now: datetime) -> None:
    asked, frozen = await looked(clickhouse_database_url, october(), now)
    assert OCTOBER not in asked
    assert not frozen


async def test_a_month_with_simulated_data_is_left_alone(clickhouse_database_url: str) -> None:
    demo = comment("akun-0", "demo", "p0", SPAN.start, simulated=True)
    assert await looked(clickhouse_database_url, [*october(), demo]) == ([], 0)
    assert overdue() == 0


async def test_a_month_not_watched_from_its_first_day_is_left_alone(
    clickhouse_database_url: str,
) -> None:
    changed: dict[str, Any] = {"onboarded_at": SPAN.start + HOUR, "registered_at": SPAN.start}
    late = [registered(account, **changed) for account in ACCOUNTS]
    assert await looked(clickhouse_database_url, [*october(), *late]) == ([], 0)
    assert overdue() == 0


async def test_an_outage_is_no_failure_of_the_process(clickhouse_database_url: str) -> None:
    async def away(month: date) -> Ended:
        raise RetryableError("ClickHouse is away")

    async with connected(clickhouse_database_url) as client:
        await write(client, october())
        closer = MonthCloser(client, lambda: MATURE, away, nothing_waits, rules=RULES, automatic=True)
        assert not await run_once(Job("month_close", 60, closer.look))
        assert await read_revisions(client) == []


async def test_while_messages_wait_for_scoring_no_month_is_closed(clickhouse_database_url: str) -> None:
    waiting = [3, 0]

    async def waits() -> int:
        return waiting.pop(0)

    async with connected(clickhouse_database_url) as client:
        await write(client, october())
        closer = Closer(client)
        months = MonthCloser(client, lambda: MATURE + HOUR, closer, waits, rules=RULES, automatic=True)
        await months.look()
        assert closer.asked == []
        assert overdue() == 3600  # an alert can tell of messages that never end
        await months.look()
        assert closer.asked == [OCTOBER]


async def test_with_other_rules_than_those_of_the_scores_nothing_is_closed(
    clickhouse_database_url: str,
) -> None:
    async with connected(clickhouse_database_url) as client:
        await write(client, october())
        await ScoreUpdater(client, RULES, publish_nothing, lambda: MATURE).tick()
        closer = Closer(client)
        for version, closed_months in (("other", []), (RULES.version, [OCTOBER])):
            rules = RULES.model_copy(update={"version": version})
            months = MonthCloser(
                client, lambda: MATURE + HOUR, closer, nothing_waits, rules=rules, automatic=True
            )
            assert await run_once(Job("month_close", 60, months.look)) == bool(closed_months)
            assert closer.asked == closed_months


async def test_the_real_command_says_what_went_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICKHOUSE_URL", "http://default@127.0.0.1:1/pantau")
    ended = await month_close.command(OCTOBER, RULES_FILE)
    assert ended.status == 75
    assert "does not answer" in ended.said


async def test_the_real_command_closes(clickhouse_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICKHOUSE_URL", clickhouse_database_url)
    async with connected(clickhouse_database_url) as client:
        await write(client, october())
        ended = await month_close.command(OCTOBER, RULES_FILE)
        assert ended.status == 0, ended.said
        assert [revision.revision for revision in await read_revisions(client)] == [1]
        assert (await month_close.command(OCTOBER, RULES_FILE)).said.count(
            "Unchanged, revision 1 holds."
        ) == 1


@pytest.mark.parametrize(
    ("now", "month"),
    [
        (MATURE, OCTOBER),
        (MATURE - timedelta(microseconds=1), date(2026, 9, 1)),
        (datetime(2026, 11, 30, 16, 59, tzinfo=UTC), OCTOBER),
        (datetime(2027, 1, 2, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2027, 1, 3, 17, tzinfo=UTC), date(2026, 12, 1)),
    ],
)
def test_the_latest_mature_month(now: datetime, month: date) -> None:
    assert latest_mature(now) == month
