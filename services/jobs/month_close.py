"""Month close, unattended: the latest mature month, once, by the command that a person would type.

Only the latest, so that imported history is not made official unasked; and only one that was watched from its
first day on, by at least one account. The command is another service's, so it runs as a process of its own.
Several of these at once do no harm: of two closers of one month one freezes, the other finds it frozen.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog
from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.runtime import metrics
from pantau.runtime.clickhouse import rows
from pantau.runtime.clock import Clock
from pantau.runtime.errors import RetryableError
from pantau.score.official import read_revisions
from pantau.score.rules import Rules
from pantau.score.windows import closes_at, month_of, month_span

log = structlog.get_logger(__name__)

LONGEST_SECONDS = 900.0
_SAID_CHARACTERS = 1000
_DAY = timedelta(days=1)

# What the buckets say is enough to know whether there is anything to close.
_KNOWN = """
SELECT count() > 0, sum(simulated) > 0 FROM month_buckets FINAL
WHERE month = {month:Date} AND account_id IN (SELECT account_id FROM accounts FINAL WHERE active)
"""
# By the worker that scored last: what the wall shows.
_SCORED_WITH = "SELECT rules_version FROM scores FINAL ORDER BY computed_at DESC LIMIT 1"
_WATCHED_SINCE = "SELECT min(onboarded_at) FROM accounts FINAL WHERE active HAVING count() > 0"


@dataclass(frozen=True, slots=True)
class Ended:
    """How the closing command ended, and the end of what it said."""

    status: int
    said: str


Command = Callable[[date], Awaitable[Ended]]


async def command(month: date, rules: Path) -> Ended:
    """`python -m services.scoring.close MONTH` in this process's environment; killed when cancelled."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.scoring.close", f"{month:%Y-%m}", "--rules", str(rules)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(process.returncode or 0, said.decode(errors="replace")[-_SAID_CHARACTERS:])


class MonthCloser:
    """Sees to it that the latest mature month is closed; without `automatic` it only tells how late it is.

    `waiting` tells how many messages scoring has not stored yet: with any, the month may not be whole.
    `rules` are those that `close` reads: while scoring's are others, nothing is closed.
    """

    def __init__(
        self,
        client: AsyncClient,
        clock: Clock,
        close: Command,
        waiting: Callable[[], Awaitable[int]],
        *,
        rules: Rules,
        automatic: bool,
    ) -> None:
        self._client = client
        self._clock = clock
        self._close = close
        self._waiting = waiting
        self._rules = rules
        self._automatic = automatic
        self._told: date | None = None

    async def look(self) -> None:
        """Close what is due; how late it is is told in any case. Raises RetryableError where that failed."""
        now = self._clock()
        month = latest_mature(now)
        try:
            if self._automatic and await self._is_due(month) and not await self._waiting():
                await self._run(month)
        finally:
            due = await self._is_due(month)
            metrics.MONTH_OVERDUE.set((now - closes_at(month)).total_seconds() if due else 0)

    async def _run(self, month: date) -> None:
        """Raises RetryableError where the month was not closed."""
        scored = await rows(self._client, _SCORED_WITH)
        if scored and scored[0][0] != self._rules.version:
            raise RetryableError(
                f"scores are of rules {scored[0][0]}, JOBS_RULES_FILE has {self._rules.version}: "
                "give jobs and scoring the same file"
            )
        log.info("closing a month", month=f"{month:%Y-%m}")
        ended = await self._close(month)
        if ended.status:
            raise RetryableError(f"{month:%Y-%m} not closed, status {ended.status}: {ended.said}")
        for revision in await read_revisions(self._client, month):
            log.info(
                "month closed",
                month=f"{month:%Y-%m}",
                revision=revision.revision,
                sha256=revision.sha256,
            )

    async def _is_due(self, month: date) -> bool:
        revisions = await read_revisions(self._client)
        official = [revision for revision in revisions if not revision.simulated]
        if official:
            metrics.NEWEST_CLOSED_MONTH.set(month_span(official[-1].month).until.timestamp())
        if any(revision.month == month for revision in revisions):
            return False
        why_not = await self._why_not(month)
        if why_not and self._told != month:
            log.info("month is not closed by itself", month=f"{month:%Y-%m}", why=why_not)
            self._told = month
        return not why_not

    async def _why_not(self, month: date) -> str:
        """Why the month is left to a person; empty where it is not."""
        known, simulated = (await rows(self._client, _KNOWN, month=month))[0]
        if not known:
            return "nothing is known of it"
        if simulated:
            return "it has observations of the demo feed"
        since = await rows(self._client, _WATCHED_SINCE)
        start = month_span(month).start
        if not since or since[0][0] > start:
            return "no active account was watched from its first day on"
        return ""


def latest_mature(now: datetime) -> date:
    """The newest month that takes in nothing more."""
    month = month_of(now)
    while now < closes_at(month):
        month = (month - _DAY).replace(day=1)
    return month
