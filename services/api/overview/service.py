"""The pulse and the status: what holds for all accounts together."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics import models, pulse, queries, rows
from pantau.analytics.backlog import Flow
from pantau.analytics.database import Database
from pantau.analytics.first_seen import FirstSeen
from pantau.contracts.fields import Platform
from pantau.runtime.clock import Clock
from services.api.http.cache import Answer, Cache
from services.api.http.response import Rendered, as_json, render, stale
from services.api.scores.boards import Boards


class Overview:
    def __init__(
        self,
        database: Database,
        boards: Boards,
        build: Callable[[], str],
        behind: Callable[[], Mapping[Flow, datetime]],
        clock: Clock,
    ) -> None:
        self._database = database
        self._boards = boards
        self._build = build
        self._behind = behind
        self._clock = clock
        self._seen = FirstSeen()
        self._pulses: Cache[Rendered[models.Pulse]] = Cache(0.5, 16, clock)
        self._statuses: Cache[Rendered[models.Status]] = Cache(0.5, 1, clock)

    def expire(self) -> None:
        """Buckets and scores changed: what was read before is out of date."""
        self._pulses.expire()
        self._statuses.expire()

    async def pulse(self, minutes: int) -> Answer[Rendered[models.Pulse]]:
        return await self._pulses.get(minutes, lambda: self._read_pulse(minutes))

    async def status(self) -> Answer[Rendered[models.Status]]:
        """`now` is that of the answer, the rest may be as old as the answer says."""
        answer = await self._statuses.get("status", self._read_status)
        body = answer.value.body.model_copy(update={"now": self._clock()})
        return Answer(render(body), answer.taken_at, answer.stale)

    async def status_event(self) -> str:
        answer = await self.status()
        return as_json(stale(answer) if answer.stale else answer.value.body).decode()

    async def _read_status(self) -> Rendered[models.Status]:
        registry = await self._boards.fresh_registry()
        tick = await self._database.ask(queries.tick)
        behind = self._behind()
        now = self._clock()
        known = [registry.data_of(account.account_id) for account in registry.active]
        body = models.Status(
            newest_event_at=registry.newest_event_at,
            newest_received_at=registry.newest_received_at,
            clocks_ahead=[_clock_ahead(account, ahead) for account, ahead in registry.clocks_ahead],
            newest_score_at=self._seen.of("tick", tick.computed_at, now) if tick else None,
            behind=sorted(behind),
            behind_since=min(behind.values(), default=None),
            simulated=any(data.simulated for data in known),
            accounts=len(known),
            accounts_with_data=sum(data.newest_event_at is not None for data in known),
            build=self._build(),
            now=now,
        )
        return render(body)

    async def _read_pulse(self, count: int) -> Rendered[models.Pulse]:
        registry = await self._boards.fresh_registry()
        now = self._clock()
        until = pulse.floor_minute(now) + timedelta(minutes=1)
        moods, figures, replies = await self._database.ask(lambda client: _read(client, count, until))
        short_names = {account.account_id: account.short_name for account in registry.active}
        body = models.Pulse(
            at=now,
            minutes=pulse.minutes(moods, until, count),
            rising_negatives=pulse.rising(figures, short_names, until - pulse.RECENT),
            replies=models.ReplyTimes(
                answered=replies.answered,
                median_seconds=None if replies.median_seconds is None else round(replies.median_seconds, 1),
            ),
        )
        return render(body)


def _clock_ahead(account: rows.Account, ahead: rows.Ahead) -> models.ClockAhead:
    return models.ClockAhead(
        account_id=account.account_id,
        short_name=account.short_name,
        platform=Platform(ahead.platform),
        ahead_seconds=ahead.seconds,
        received_at=ahead.received_at,
    )


async def _read(
    client: AsyncClient, count: int, until: datetime
) -> tuple[list[rows.Mood], list[rows.Negatives], rows.Replies]:
    start = until - timedelta(minutes=count)
    recent = until - pulse.RECENT
    return await asyncio.gather(
        queries.pulse_minutes(client, start, until),
        queries.pulse_accounts(client, recent - pulse.USUAL, recent, until),
        queries.pulse_replies(client, start, until),
    )
