"""Rankings: live and monthly ones as the scoring service stored them, past ones from the buckets."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from pantau.analytics import queries
from pantau.analytics.database import Database
from pantau.analytics.first_seen import FirstSeen
from pantau.analytics.models import BoardStatus, Scores
from pantau.analytics.ranking import ranking
from pantau.analytics.registry import Registry, read_registry
from pantau.analytics.rows import Figures, StoredScores, Tick
from pantau.runtime.clock import Clock
from pantau.score.bucket_sums import month_ranking, sliding_rankings
from pantau.score.formula import AccountScore
from pantau.score.official import FrozenScores
from pantau.score.rules import Rules
from pantau.score.windows import SLIDING, Span, Window, closes_at, month_of, month_span, sliding_span
from services.api.http.cache import Answer, Cache
from services.api.http.response import Rendered, render
from services.api.official.service import Official, accounts_of

TTL_SECONDS = 0.5
REGISTRY_TTL_SECONDS = 1.0
MOST_BOARDS = 64
BEFORE = timedelta(hours=1)

Ranks = dict[Window, dict[str, int | None]]
NO_RANKS: Mapping[str, int | None] = {}


class Boards:
    def __init__(self, database: Database, rules: Rules, official: Official, clock: Clock) -> None:
        self._database = database
        self._rules = rules
        self._official = official
        self._clock = clock
        self._seen = FirstSeen()
        self._registry: Cache[Registry] = Cache(REGISTRY_TTL_SECONDS, 1, clock)
        self._boards: Cache[Rendered[Scores]] = Cache(TTL_SECONDS, MOST_BOARDS, clock)
        # Kept by minute: what the ranks were then is asked once, and they move too little to ask again.
        self._ranks: Cache[Ranks] = Cache(3600, 4, clock)

    def expire(self) -> None:
        """Scores changed: boards read before are out of date."""
        self._boards.expire()

    async def live(self, window: Window) -> Answer[Rendered[Scores]]:
        return await self._boards.get(window, lambda: self._live(window))

    async def past(self, window: Window, at: datetime) -> Answer[Rendered[Scores]]:
        return await self._boards.get((window, at), lambda: self._past(window, at))

    async def month(self, month: date) -> Answer[Rendered[Scores]]:
        return await self._boards.get(month, lambda: self._month(month))

    async def fresh(self, window: Window) -> Scores:
        """The board of a live window, or of the running month. Raises RetryableError, never stale."""
        if window is Window.MONTH:
            month = month_of(self._clock())
            return (await self._boards.fresh(month, lambda: self._month(month))).body
        return (await self._boards.fresh(window, lambda: self._live(window))).body

    async def registry(self) -> Answer[Registry]:
        return await self._registry.get("registry", self._read_registry)

    async def fresh_registry(self) -> Registry:
        return await self._registry.fresh("registry", self._read_registry)

    async def _read_registry(self) -> Registry:
        now = self._clock()
        return await self._database.ask(lambda client: read_registry(client, now, self._seen))

    async def _live(self, window: Window) -> Rendered[Scores]:
        registry = await self.fresh_registry()
        stored = await self._database.ask(lambda client: queries.stored_scores(client, window.value))
        at = _stands_for(stored, await self._database.ask(queries.tick)) or self._clock()
        ranks = (await self._ranks_at(at - BEFORE))[window] if stored else {}
        figures = stored or self._figures({})
        span = sliding_span(window, at)
        return self._board(registry, figures, span, at=at, status="live", window=window, ranks_before=ranks)

    async def _past(self, window: Window, at: datetime) -> Rendered[Scores]:
        registry = await self.fresh_registry()
        by_window = await self._database.ask(
            lambda client: sliding_rankings(client, (window,), at, self._rules)
        )
        figures = self._figures(_by_account(by_window[window].scores))
        return self._board(registry, figures, sliding_span(window, at), at=at, status="past", window=window)

    async def _month(self, month: date) -> Rendered[Scores]:
        registry = await self.fresh_registry()
        frozen = await self._official.fresh(month)
        if frozen is not None:
            return self._frozen_month(registry, frozen)
        period = f"{month:%Y-%m}"
        stored = await self._database.ask(
            lambda client: queries.stored_scores(client, Window.MONTH.value, period)
        )
        tick = await self._database.ask(queries.tick) if stored else None
        now = self._clock()
        figures = stored or self._figures(await self._computed_month(month, now))
        return self._board(
            registry,
            figures,
            month_span(month),
            at=min(_stands_for(stored, tick) or now, closes_at(month)),
            status="provisional" if now < closes_at(month) else "past",
            month=period,
        )

    def _frozen_month(self, registry: Registry, frozen: FrozenScores) -> Rendered[Scores]:
        revision = frozen.revision
        return self._board(
            registry,
            Figures(frozen.scores, revision.rules_version, revision.normaliser),
            month_span(revision.month),
            at=closes_at(revision.month),
            status="official",
            month=f"{revision.month:%Y-%m}",
            frozen=frozen,
        )

    async def _computed_month(self, month: date, now: datetime) -> dict[str, AccountScore]:
        ranking = await self._database.ask(lambda client: month_ranking(client, month, self._rules, now))
        return _by_account(ranking.scores)

    async def _ranks_at(self, at: datetime) -> Ranks:
        minute = at.replace(second=0, microsecond=0)
        return await self._ranks.fresh(minute, lambda: self._read_ranks(minute))

    async def _read_ranks(self, at: datetime) -> Ranks:
        by_window = await self._database.ask(
            lambda client: sliding_rankings(client, tuple(SLIDING), at, self._rules)
        )
        return {window: {s.account_id: s.rank for s in r.scores} for window, r in by_window.items()}

    def _figures(self, scores: dict[str, AccountScore]) -> Figures:
        return Figures(scores, self._rules.version, self._rules.normaliser.value)

    def _board(
        self,
        registry: Registry,
        figures: Figures,
        span: Span,
        *,
        at: datetime,
        status: BoardStatus,
        window: Window | None = None,
        month: str | None = None,
        ranks_before: Mapping[str, int | None] = NO_RANKS,
        frozen: FrozenScores | None = None,
    ) -> Rendered[Scores]:
        listed = accounts_of(frozen, registry) if frozen else registry.active
        ended = month is not None and span.until <= self._clock()
        shown = [figures.scores[a.account_id] for a in listed if a.account_id in figures.scores]
        body = Scores(
            window=window.value if window else None,
            month=month,
            at=at,
            starts_at=span.start,
            ends_at=span.until,
            status=status,
            revision=frozen.revision.revision if frozen else None,
            sha256=frozen.revision.sha256 if frozen else None,
            rules_version=figures.rules_version,
            normaliser=figures.normaliser,
            newest_event_at=registry.newest_event_at,
            newest_received_at=registry.newest_received_at,
            simulated=any(score.simulated for score in shown),
            scores=ranking(
                listed,
                figures.scores,
                ranks_before,
                registry.data,
                self._rules,
                minimum_posts=self._rules.minimum_posts if ended else 0,
            ),
        )
        return render(body)


def _stands_for(stored: StoredScores | None, tick: Tick | None) -> datetime | None:
    """Scores that did not change keep their row; the last computation of all says what they stand for."""
    if stored is None:
        return None
    return max(stored.at, tick.at) if tick else stored.at


def _by_account(scores: Iterable[AccountScore]) -> dict[str, AccountScore]:
    return {score.account_id: score for score in scores}
