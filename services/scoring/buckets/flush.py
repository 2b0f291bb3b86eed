"""One batch from events to facts, buckets and the word that scores have to follow.

Why a crash at any step is harmless: facts replace themselves; buckets are recomputed whole for each touched
post, from the facts, as absolute rows whose version was taken after the facts were written; and a flush whose
row in `flushes` is missing is repeated in full (`recover`) before anything new is consumed.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import structlog
from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.runtime import metrics
from pantau.runtime.clickhouse import insert, rows
from pantau.score import bucket_sql
from pantau.score.facts import COLUMNS, FactEvent, Facts, PostKey, facts
from pantau.score.rules import Rules
from services.scoring.buckets import bucket_rules
from services.scoring.buckets import flush_sql as sql

log = structlog.get_logger(__name__)

FLUSH_COLUMNS = ("flush_id", "buckets", "months")
_POST_COLUMNS = ("account_id", "platform", "post_id")


class Flush:
    """Writes batches; not for concurrent use. `rules` gives the counting rules that buckets apply."""

    def __init__(self, client: AsyncClient, rules: Rules) -> None:
        self._client = client
        self._rules = rules
        self._counting = bucket_sql.counting_parameters(rules)
        self._begun: list[int] = []  # flushes of this process without their row in `flushes` yet

    async def write(self, events: Sequence[FactEvent], *, force: bool = False) -> None:
        """Store the events and all that follows from them; `force` as in `store`."""
        await self.store(facts(events), force=force)

    async def store(self, batch: Facts, *, force: bool = False) -> None:
        """Store the facts and all that follows from them.

        `force` writes every bucket of the touched posts whether it looks changed or not: give it when an
        earlier attempt at the same events may have stopped halfway. After an error the same batch has to come
        again before any other: what it left half done is finished by its repetition.
        """
        for table, stored in batch.rows.items():
            await insert(self._client, table, COLUMNS[table], stored)
        touched = batch.posts | await self._posts_of(batch.accounts)
        await self._recompute(touched, force=force, calendars=bool(batch.calendars))

    async def recover(self) -> int:
        """Repeat every flush that did not finish; the number of posts recomputed."""
        unfinished = await rows(self._client, sql.UNFINISHED_POSTS)
        if not unfinished:
            return 0
        touched = {(account, platform, post) for account, platform, post, _ in unfinished}
        log.warning("repeating unfinished flushes", posts=len(touched))
        await self._recompute(touched, force=True, calendars=True)
        done = sorted({flush for *_, flush in unfinished})
        await insert(self._client, "flushes", FLUSH_COLUMNS, [(flush, 0, []) for flush in done])
        return len(touched)

    async def _posts_of(self, accounts: set[str]) -> set[PostKey]:
        """All posts of accounts that changed: their onboarding decides what a first reading counts for."""
        if not accounts:
            return set()
        return set(await rows(self._client, sql.POSTS_OF_ACCOUNTS, accounts=sorted(accounts)))

    async def _recompute(self, touched: set[PostKey], *, force: bool, calendars: bool) -> None:
        if not touched:
            return
        # 1. take the version after the facts were written, before they are read back
        flush = await self.begin()
        self._begun.append(flush)
        parameters = self.parameters(flush, force=force)
        # 2. say what will be recomputed
        await self.touch(flush, touched)
        # 3. posts of the same days may gain or lose their place under the daily limit
        flags = await self._changed_flags(parameters) if calendars else []
        await self.touch(flush, {(a, platform, post) for a, platform, post, _ in flags} - touched)
        # 4. buckets, from the facts up
        for statement in (sql.CHANGED_BUCKETS, sql.POST_BUCKETS):
            await self._client.command(statement, parameters=parameters)
        written, months = await self._roll_up(parameters)
        # 5. only now do the flags hold
        await insert(
            self._client,
            "post_flags",
            (*_POST_COLUMNS, "counted", "version"),
            [(*flag, flush) for flag in flags],
        )
        # 6. done, and with it the attempts at the same batch that failed on the way
        failed: list[tuple[int, int, list[date]]] = [
            (earlier, 0, []) for earlier in self._begun if earlier != flush
        ]
        await insert(self._client, "flushes", FLUSH_COLUMNS, [*failed, (flush, written, months)])
        self._begun.clear()

    async def begin(self) -> int:
        """The version. Raises BucketRulesError where the stored buckets are of other counting rules."""
        version, stored = (await rows(self._client, sql.BEGIN))[0]
        if not stored:
            await bucket_rules.record(self._client, self._rules)
        elif stored != bucket_rules.as_text(self._rules):
            raise bucket_rules.BucketRulesError(
                "the stored buckets are of other counting rules than this process's rules"
            )
        return int(version)

    def parameters(self, flush: int, *, force: bool) -> dict[str, Any]:
        return {**self._counting, "flush": flush, "version": flush, "force": force}

    async def touch(self, flush: int, posts: Iterable[PostKey]) -> None:
        await insert(
            self._client,
            "flush_posts",
            ("flush_id", *_POST_COLUMNS),
            [(flush, *post) for post in sorted(posts)],
        )

    async def _changed_flags(self, parameters: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
        found = await rows(self._client, sql.CHANGED_FLAGS, **parameters)
        return [(account, platform, post, bool(counted)) for account, platform, post, counted in found]

    async def _roll_up(self, parameters: dict[str, Any]) -> tuple[int, list[date]]:
        """Hours and months of the buckets just written: how many these are, and the months that changed."""
        changed = (await rows(self._client, sql.CHANGED_HOURS, **parameters))[0]
        count, first, last, rolled = changed
        if not count:
            return 0, []
        metrics.BUCKETS_WRITTEN.inc(count)
        await self._client.command(
            sql.HOUR_BUCKETS,
            parameters=parameters | {"first_hour": first, "last_hour": last, "rolled": rolled},
        )
        for statement in (sql.MONTH_POSTS, sql.MONTH_BUCKETS):
            await self._client.command(statement, parameters=parameters)
        months = await rows(self._client, sql.CHANGED_MONTHS, **parameters)
        return int(count), [month for (month,) in months]
