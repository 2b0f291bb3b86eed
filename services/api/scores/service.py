"""Boards, cached (single-flight, stale-if-error): live and monthly ones as the scoring service stored them,
past ones computed from the buckets.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pantau.analytics.period import Period
from pantau.analytics.ranking.board import board, frozen_board, month_board, stands_for
from pantau.analytics.ranking.models import Scores
from pantau.analytics.ranking.queries import Figures, read_scores, read_tick
from pantau.score.bucket_sums import month_ranking, sliding_rankings
from pantau.score.formula import AccountScore
from pantau.score.windows import SLIDING, Window, month_of, sliding_span
from services.api.dependencies import Dependencies
from services.api.http.cache import Answer, Cache
from services.api.http.response import Rendered, render
from services.api.official.service import Official

TTL_SECONDS = 0.5
MOST_BOARDS = 64
BEFORE = timedelta(hours=1)

Ranks = dict[Window, dict[str, int | None]]


class Boards:
    def __init__(self, shared: Dependencies) -> None:
        self._database = shared.database
        self._registry = shared.registry
        self._rules = shared.rules
        self._clock = shared.clock
        self._official = shared.service(Official)
        self._boards: Cache[Rendered[Scores]] = Cache(TTL_SECONDS, MOST_BOARDS, shared.clock)
        # Kept by minute: what the ranks were then is asked once, and they move too little to ask again.
        self._ranks: Cache[Ranks] = Cache(3600, 4, shared.clock)

    def expire(self) -> None:
        """Scores changed: boards read before are out of date."""
        self._boards.expire()

    async def of(self, period: Period) -> Answer[Rendered[Scores]]:
        return await self._boards.get(period, lambda: self._read(period))

    async def fresh(self, window: Window) -> Scores:
        """The board of a live window, or of the running month. Raises RetryableError, never stale."""
        month = month_of(self._clock()) if window is Window.MONTH else None
        period = Period(window, month=month)
        return (await self._boards.fresh(period, lambda: self._read(period))).body

    async def _read(self, period: Period) -> Rendered[Scores]:
        if period.month is not None:
            return render(await self._month(period.month))
        if period.at is None:
            return render(await self._live(period.window))
        return render(await self._past(period.window, period.at))

    async def _live(self, window: Window) -> Scores:
        registry = await self._registry.fresh()
        stored = await self._database.ask(lambda client: read_scores(client, window.value))
        at = stands_for(stored, await self._database.ask(read_tick)) or self._clock()
        return board(
            registry,
            stored or self._figures([]),
            self._rules,
            sliding_span(window, at),
            at=at,
            status="live",
            window=window,
            ranks_before=(await self._ranks_at(at - BEFORE))[window] if stored else {},
        )

    async def _past(self, window: Window, at: datetime) -> Scores:
        registry = await self._registry.fresh()
        rankings = await self._database.ask(
            lambda client: sliding_rankings(client, (window,), at, self._rules)
        )
        figures, span = self._figures(rankings[window].scores), sliding_span(window, at)
        return board(registry, figures, self._rules, span, at=at, status="past", window=window)

    async def _month(self, month: date) -> Scores:
        registry = await self._registry.fresh()
        frozen = await self._official.fresh(month)
        if frozen is not None:
            return frozen_board(registry, frozen, self._rules)
        stored = await self._database.ask(
            lambda client: read_scores(client, Window.MONTH.value, f"{month:%Y-%m}")
        )
        tick = await self._database.ask(read_tick) if stored else None
        now = self._clock()
        figures = stored or await self._computed_month(month, now)
        at = stands_for(stored, tick) or now
        return month_board(registry, figures, self._rules, month, at=at, now=now)

    async def _computed_month(self, month: date, now: datetime) -> Figures:
        ranking = await self._database.ask(lambda client: month_ranking(client, month, self._rules, now))
        return self._figures(ranking.scores)

    async def _ranks_at(self, at: datetime) -> Ranks:
        minute = at.replace(second=0, microsecond=0)
        return await self._ranks.fresh(minute, lambda: self._read_ranks(minute))

    async def _read_ranks(self, at: datetime) -> Ranks:
        by_window = await self._database.ask(
            lambda client: sliding_rankings(client, tuple(SLIDING), at, self._rules)
        )
        return {window: {s.account_id: s.rank for s in r.scores} for window, r in by_window.items()}

    def _figures(self, scores: Iterable[AccountScore]) -> Figures:
        """Of scores that were computed now."""
        by_account = {score.account_id: score for score in scores}
        return Figures(by_account, self._rules.version, self._rules.normaliser.value)
