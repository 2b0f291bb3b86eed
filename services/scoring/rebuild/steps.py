"""The steps of a rebuild: what it empties, what it writes, and how far it came."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.runtime.clickhouse import insert, rows
from pantau.runtime.retries import retrying
from pantau.score.fact_sums import CHUNK_FACTS, chunks
from pantau.score.facts import PostKey
from pantau.score.rules import Rules
from services.scoring.buckets import bucket_rules
from services.scoring.buckets.flush import FLUSH_COLUMNS, Flush
from services.scoring.buckets.flush_sql import (
    CHANGED_BUCKETS,
    MONTH_BUCKETS,
    MONTH_POSTS,
    POST_BUCKETS,
    SERVER_MICROSECONDS,
)
from services.scoring.rebuild import statements as sql

SERVICE = "rebuild"
ACCOUNTS_AT_ONCE = 500
HOURS_AT_ONCE = timedelta(days=7)

R = TypeVar("R")
Advanced = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Account:
    account_id: str
    facts: int


class Rebuild:
    """The steps in order. Raises RetryableError when ClickHouse stays away; then begin again."""

    def __init__(self, client: AsyncClient, rules: Rules, retry_seconds: float = 120.0) -> None:
        self._client = client
        self._rules = rules
        self._flush = Flush(client, rules)
        self._retry_seconds = retry_seconds

    async def needed(self) -> bool:
        """Whether the buckets are of other counting rules, or of unknown ones, or not all there."""
        try:
            await self._retried(lambda: bucket_rules.check(self._client, self._rules))
        except bucket_rules.BucketRulesError:
            return True
        held = await self._retried(lambda: bucket_rules.recorded(self._client))
        return held is not None and held.rebuilding

    async def begin(self, *, anew: bool = False) -> list[Account]:
        """Empty the derived tables, unless that was done already; the accounts still to do, in order."""
        until = "" if anew else await self._rebuilt_until()
        if not until:
            # 1. from here on scores wait, and scorers with other counting rules write no bucket
            await self._record(rebuilding=True)
            for table in sql.DERIVED:
                await self._run(f"TRUNCATE TABLE {table}")
            for statement in sql.KEPT_WITH_FACTS:
                await self._run(statement)
        # 2. read after that: whoever stores a fact later also writes its buckets later
        return [Account(*row) for row in await self._rows(sql.ACCOUNTS, until=until)]

    async def buckets(self, accounts: Sequence[Account], advanced: Advanced) -> None:
        """Minutes, months and flags of the accounts, in their order; how far it came is kept."""
        for group in _groups(accounts):
            names = [account.account_id for account in group]
            for posts in chunks(await self._rows(sql.POSTS, accounts=names)):
                await self._posts(posts)
            await self._record(rebuilding=True, until=names[-1])
            advanced(sum(account.facts for account in group))

    async def hours(self) -> None:
        """All hours, once the minutes of all posts are there."""
        ((first, last),) = await self._rows(sql.MINUTES)
        while first <= last:
            ((version,),) = await self._rows(SERVER_MICROSECONDS)
            span = {"start": first, "until": first + HOURS_AT_ONCE, "version": version}
            await self._run(sql.HOURS, **span)
            first += HOURS_AT_ONCE

    async def end(self) -> None:
        """Scores may follow the buckets again."""
        await self._record(rebuilding=False)

    async def _rebuilt_until(self) -> str:
        held = await self._retried(lambda: bucket_rules.recorded(self._client))
        mine = held and held.rebuilding and held.counting_rules == bucket_rules.as_text(self._rules)
        return held.rebuilt_until if held and mine else ""

    async def _posts(self, posts: Sequence[PostKey]) -> None:
        """A scorer may work on them meanwhile: what it touched since is done once more, until it did not."""
        while posts:
            posts = await self._retried(partial(self._once, posts))

    async def _once(self, posts: Sequence[PostKey]) -> Sequence[PostKey]:
        """A forced flush of everything but hours, which take in several posts; the posts to do again."""
        flush = await self._flush.begin()
        parameters = self._flush.parameters(flush, force=True)
        await self._flush.touch(flush, posts)
        for statement in (CHANGED_BUCKETS, POST_BUCKETS, MONTH_POSTS, MONTH_BUCKETS, sql.FLAGS):
            await self._client.command(statement, parameters=parameters)
        again = await rows(self._client, sql.TOUCHED_SINCE, **parameters)
        await insert(self._client, "flushes", FLUSH_COLUMNS, [(flush, 0, [])])
        return [(account, platform, post) for account, platform, post in again]

    async def _record(self, *, rebuilding: bool, until: str = "") -> None:
        await self._retried(
            lambda: bucket_rules.record(self._client, self._rules, rebuilding=rebuilding, until=until)
        )

    async def _run(self, statement: str, **parameters: object) -> None:
        await self._retried(lambda: self._client.command(statement, parameters=parameters))

    async def _rows(self, statement: str, **parameters: object) -> list[Any]:
        return list(await self._retried(lambda: rows(self._client, statement, **parameters)))

    async def _retried(self, step: Callable[[], Awaitable[R]]) -> R:
        return await retrying(SERVICE, "rebuild", step, limit_seconds=self._retry_seconds)


def _groups(accounts: Sequence[Account]) -> Iterator[list[Account]]:
    """Accounts whose posts are listed and done together."""
    group: list[Account] = []
    facts = 0
    for account in accounts:
        if group and (facts + account.facts > CHUNK_FACTS or len(group) == ACCOUNTS_AT_ONCE):
            yield group
            group, facts = [], 0
        group.append(account)
        facts += account.facts
    if group:
        yield group
