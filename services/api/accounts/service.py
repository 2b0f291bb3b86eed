"""One account's page: its scores in every window, its followers, and the course of its last day."""

import asyncio
from datetime import datetime, timedelta

from pantau.analytics.accounts import models
from pantau.analytics.accounts.queries import read_followers
from pantau.analytics.ranking.models import Score
from pantau.score.bucket_sums import sliding_rankings
from pantau.score.windows import Window
from services.api.dependencies import Dependencies
from services.api.http.cache import Answer, Cache
from services.api.http.response import Rendered, render
from services.api.scores.service import Boards

TREND_HOURS = 24
_HOUR = timedelta(hours=1)
_INSTANT = timedelta(microseconds=1)


class Accounts:
    def __init__(self, shared: Dependencies) -> None:
        self._shared = shared
        self._boards = shared.service(Boards)
        self._details: Cache[Rendered[models.AccountDetail]] = Cache(0.5, 128, shared.clock)
        # A past hour changes only by late events, so it need not be computed for each visit.
        self._hours: Cache[dict[str, float | None]] = Cache(900, 2 * TREND_HOURS, shared.clock)
        self._hours_at_once = asyncio.Semaphore(4)

    async def all(self) -> Answer[Rendered[models.Accounts]]:
        answer = await self._shared.registry.get()
        registry = answer.value
        accounts = [registry.described(account) for account in registry.accounts.values()]
        return Answer(render(models.Accounts(accounts=accounts)), answer.taken_at, answer.stale)

    async def detail(self, account_id: str) -> Answer[Rendered[models.AccountDetail]]:
        """Of an account that is known."""
        return await self._details.get(account_id, lambda: self._detail(account_id))

    async def _detail(self, account_id: str) -> Rendered[models.AccountDetail]:
        registry = await self._shared.registry.fresh()
        body = models.AccountDetail(
            **registry.described(registry.accounts[account_id]).model_dump(),
            scores={window.value: await self._score(window, account_id) for window in Window},
            followers=await self._shared.database.ask(lambda client: read_followers(client, account_id)),
            trend=await self._trend(account_id),
        )
        return render(body)

    async def _score(self, window: Window, account_id: str) -> Score | None:
        board = await self._boards.fresh(window)
        return next((score for score in board.scores if score.account_id == account_id), None)

    async def _trend(self, account_id: str) -> list[models.TrendPoint]:
        board = await self._boards.fresh(Window.DAY)
        last = board.at.replace(minute=0, second=0, microsecond=0)
        hours = [last - back * _HOUR for back in reversed(range(TREND_HOURS))]
        points = await asyncio.gather(*(self._hour(hour) for hour in hours))
        now = next((s.score for s in board.scores if s.account_id == account_id), None)
        course = [
            models.TrendPoint(at=hour, score=scores.get(account_id))
            for hour, scores in zip(hours, points, strict=True)
        ]
        return [*course, models.TrendPoint(at=board.at, score=now)]

    async def _hour(self, hour: datetime) -> dict[str, float | None]:
        return await self._hours.fresh(hour, lambda: self._read_hour(hour))

    async def _read_hour(self, hour: datetime) -> dict[str, float | None]:
        """Every account's score over the 24 hours that end with `hour`, which is a full one."""
        async with self._hours_at_once:
            # The instant before: then the span is one of full hours, and no minute has to be read.
            rankings = await self._shared.database.ask(
                lambda client: sliding_rankings(client, (Window.DAY,), hour - _INSTANT, self._shared.rules)
            )
        return {score.account_id: score.score for score in rankings[Window.DAY].scores}
