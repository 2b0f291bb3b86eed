"""Scores of all accounts in all windows: computed when buckets changed and when a minute turns.

What changed is read from the table `flushes`, so it does not matter which worker flushed.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import structlog
from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.contracts import topics
from pantau.contracts.codec import encode
from pantau.contracts.events import ScoreChanged, ScoreParts
from pantau.runtime import metrics
from pantau.runtime.clickhouse import insert, rows
from pantau.runtime.clock import Clock
from pantau.runtime.kafka.publisher import Publish, Record
from pantau.score.bucket_sums import month_ranking, sliding_rankings
from pantau.score.formula import AccountScore
from pantau.score.rules import Rules
from pantau.score.windows import MATURITY, SLIDING, Window, month_of
from services.scoring.buckets import bucket_rules
from services.scoring.buckets import flush_sql as sql

log = structlog.get_logger(__name__)

ScoreKey = tuple[str, str, str]  # window, period, account
_OVERLAP = timedelta(seconds=5)  # two workers' rows may become visible out of order
_START = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = (
    *("window", "period", "account_id", "at", "score", "rank", "completeness", "incomplete", "parts"),
    *("positive", "neutral", "negative", "simulated", "newest_event_at", "rules_version", "normaliser"),
    *("computed_at", "peer_group", "posts_missing", "version"),
)


@dataclass(frozen=True, slots=True)
class _Computed:
    window: Window
    period: str
    score: AccountScore


@dataclass(frozen=True, slots=True)
class _Flush:
    flush_id: int
    months: list[date]
    finished_at: datetime


class ScoreUpdater:
    """Keeps the table `scores` and the topic social.scores up to date; one instance at a time works."""

    def __init__(self, client: AsyncClient, rules: Rules, publish: Publish, clock: Clock) -> None:
        self._client = client
        self._rules = rules
        self._publish = publish
        self._clock = clock
        self._known: dict[ScoreKey, AccountScore] = {}
        self._seen: dict[int, datetime] = {}  # recent flushes and when they finished
        self._minute = _START
        self._forgotten = False

    def forget(self) -> None:
        """Begin anew with the next tick: another worker may have written scores since."""
        self._forgotten = True

    async def waits(self) -> bool:
        """Whether the buckets are being rebuilt; afterwards all scores are written again."""
        held = await bucket_rules.recorded(self._client)
        rebuilding = held is not None and held.rebuilding
        if rebuilding:
            self.forget()
        return rebuilding

    async def tick(self, may_publish: Callable[[], Awaitable[bool]] | None = None) -> int:
        """Bring everything up to date; the number of scores that changed.

        `may_publish` is asked once all is computed: whether this worker is still the one to do it.
        """
        self._begin_anew_if_told()
        now = self._clock()
        flushes = await self._flushes()
        minute = now.replace(second=0, microsecond=0)
        if not flushes and minute == self._minute:
            return 0
        months = await self._months(flushes)
        started = time.perf_counter()
        version = int((await rows(self._client, sql.SERVER_MICROSECONDS))[0][0])
        computed = await self._compute(now, months | self._months_of_the_minute(now))
        changed = [c for c in computed if self._known.get(_key(c)) != c.score]
        if (may_publish and not await may_publish()) or await self._overtaken(version):
            self.forget()
            return 0
        await self._store(changed, now, version)
        self._known.update((_key(c), c.score) for c in changed)
        self._remember(flushes)
        self._minute = minute
        metrics.SCORING_TICK_SECONDS.observe(time.perf_counter() - started)
        return len(changed)

    async def newest_arrival(self) -> float:
        """Unix time at which the last observation of an active account arrived at ingest; 0: none did."""
        return float((await rows(self._client, sql.NEWEST_ARRIVAL))[0][0])

    def _begin_anew_if_told(self) -> None:
        if self._forgotten:
            self._forgotten = False
            self._known.clear()
            self._seen.clear()
            self._minute = _START

    async def _overtaken(self, version: int) -> bool:
        """Whether another worker has stored what it read later, as after this one was asleep for a while."""
        newest = (await rows(self._client, sql.NEWEST_TICK))[0][0]
        return bool(newest > version)

    async def _flushes(self) -> list[_Flush]:
        """Flushes that changed a bucket and finished since the last tick."""
        if self._seen:
            since = max(self._seen.values()) - _OVERLAP
        else:
            since = (await rows(self._client, sql.LAST_FINISHED))[0][0]
        found = await rows(self._client, sql.FINISHED_SINCE, since=since)
        return [_Flush(*row) for row in found if row[0] not in self._seen]

    async def _months(self, flushes: list[_Flush]) -> set[date]:
        """Months that the flushes changed; at first all there are."""
        if self._seen:
            return {month for flush in flushes for month in flush.months}
        return {month for (month,) in await rows(self._client, sql.ALL_MONTHS)}

    def _months_of_the_minute(self, now: datetime) -> set[date]:
        """The running month; as minutes turn also one that ended and still takes in readings.

        The end of a month itself changes its ranking: from then on too few posts are not ranked.
        """
        months = {month_of(now)}
        if self._minute not in (_START, now.replace(second=0, microsecond=0)):
            months |= {month_of(self._minute), month_of(self._minute - MATURITY)}
        return months

    def _remember(self, flushes: list[_Flush]) -> None:
        self._seen |= {flush.flush_id: flush.finished_at for flush in flushes}
        if self._seen:
            oldest = max(self._seen.values()) - 2 * _OVERLAP
            self._seen = {flush: at for flush, at in self._seen.items() if at >= oldest}

    async def _compute(self, now: datetime, months: set[date]) -> list[_Computed]:
        sliding = await sliding_rankings(self._client, tuple(SLIDING), now, self._rules)
        computed = [_Computed(window, "", score) for window, r in sliding.items() for score in r.scores]
        for month in sorted(months):
            ranking = await month_ranking(self._client, month, self._rules, now)
            computed += [_Computed(Window.MONTH, f"{month:%Y-%m}", score) for score in ranking.scores]
        return computed

    async def _store(self, changed: list[_Computed], now: datetime, version: int) -> None:
        """Publish, then store: after a crash in between, the change is found and published again.

        `version` was taken before the buckets were read: of two workers' rows the better informed holds.
        """
        computed_at = self._clock()
        events = [_event(c, now, computed_at, self._rules) for c in changed]
        await self._publish(
            [
                Record(topics.SCORES, "/".join(_key(c)).encode(), encode(e))
                for c, e in zip(changed, events, strict=True)
            ]
        )
        await insert(self._client, "scores", _COLUMNS, [_row(event, version) for event in events])
        tick = (now, computed_at, version)
        await insert(self._client, "score_ticks", ("at", "computed_at", "version"), [tick])
        for event in events:
            metrics.SCORES_CHANGED.labels(event.window).inc()


def _key(computed: _Computed) -> ScoreKey:
    return (computed.window.value, computed.period, computed.score.account_id)


def _event(computed: _Computed, at: datetime, computed_at: datetime, rules: Rules) -> ScoreChanged:
    score = computed.score
    return ScoreChanged(
        account_id=score.account_id,
        window=computed.window.value,
        period=computed.period,
        at=at,
        score=score.score,
        rank=score.rank,
        completeness=score.completeness,
        incomplete=score.incomplete,
        parts=ScoreParts(**score.parts),
        positive=score.positive,
        neutral=score.neutral,
        negative=score.negative,
        simulated=score.simulated,
        newest_event_at=score.newest_event_at,
        group=score.group,
        posts_missing=score.posts_missing,
        rules_version=rules.version,
        normaliser=rules.normaliser.value,
        computed_at=computed_at,
    )


def _row(event: ScoreChanged, version: int) -> tuple[Any, ...]:
    apart = {"parts": event.parts.model_dump_json(), "peer_group": event.group, "version": version}
    values = {name: getattr(event, name) for name in _COLUMNS if name not in apart} | apart
    return tuple(values[name] for name in _COLUMNS)
