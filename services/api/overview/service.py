"""The pulse and the status, of all accounts together, cached (single-flight, stale-if-error)."""

from collections.abc import Coroutine
from typing import Any

from pantau.analytics.accounts.registry import Account, Ahead
from pantau.analytics.first_seen import FirstSeen
from pantau.analytics.pulse.models import Pulse
from pantau.analytics.pulse.queries import read_pulse
from pantau.analytics.ranking.queries import read_tick
from pantau.contracts.fields import Platform
from services.api.dependencies import Dependencies
from services.api.http.cache import Answer, Cache
from services.api.http.response import Rendered, as_json, render, stale
from services.api.overview.backlog import BacklogProbe
from services.api.overview.models import ClockAhead, Status
from services.api.pages.service import Pages


class Overview:
    def __init__(self, shared: Dependencies) -> None:
        self._database = shared.database
        self._registry = shared.registry
        self._clock = shared.clock
        self._page = shared.service(Pages)
        self._backlog = BacklogProbe(shared.settings.kafka_bootstrap_servers, shared.database, shared.clock)
        self._seen = FirstSeen()
        self._pulses: Cache[Rendered[Pulse]] = Cache(0.5, 16, shared.clock)
        self._statuses: Cache[Rendered[Status]] = Cache(0.5, 1, shared.clock)

    def background(self) -> list[Coroutine[Any, Any, None]]:
        return [self._backlog.run()]

    def expire(self) -> None:
        """Buckets and scores changed: what was read before is out of date."""
        self._pulses.expire()
        self._statuses.expire()

    async def pulse(self, minutes: int) -> Answer[Rendered[Pulse]]:
        return await self._pulses.get(minutes, lambda: self._read_pulse(minutes))

    async def status(self) -> Answer[Rendered[Status]]:
        """`now` is that of the answer, the rest may be as old as the answer says."""
        answer = await self._statuses.get("status", self._read_status)
        body = answer.value.body.model_copy(update={"now": self._clock()})
        return Answer(render(body), answer.taken_at, answer.stale)

    async def status_event(self) -> str:
        answer = await self.status()
        return as_json(stale(answer) if answer.stale else answer.value.body).decode()

    async def _read_pulse(self, count: int) -> Rendered[Pulse]:
        names = {account.account_id: account.short_name for account in (await self._registry.fresh()).active}
        now = self._clock()
        return render(await self._database.ask(lambda client: read_pulse(client, count, now, names)))

    async def _read_status(self) -> Rendered[Status]:
        registry = await self._registry.fresh()
        tick = await self._database.ask(read_tick)
        behind = self._backlog.behind
        now = self._clock()
        known = [registry.data_of(account.account_id) for account in registry.active]
        body = Status(
            newest_event_at=registry.newest_event_at,
            newest_received_at=registry.newest_received_at,
            clocks_ahead=[_clock_ahead(account, ahead) for account, ahead in registry.clocks_ahead],
            newest_score_at=self._seen.of("tick", tick.computed_at, now) if tick else None,
            behind=sorted(behind),
            behind_since=min(behind.values(), default=None),
            simulated=any(data.simulated for data in known),
            accounts=len(known),
            accounts_with_data=sum(data.newest_event_at is not None for data in known),
            build=self._page.build(),
            now=now,
        )
        return render(body)


def _clock_ahead(account: Account, ahead: Ahead) -> ClockAhead:
    return ClockAhead(
        account_id=account.account_id,
        short_name=account.short_name,
        platform=Platform(ahead.platform),
        ahead_seconds=ahead.seconds,
        received_at=ahead.received_at,
    )
