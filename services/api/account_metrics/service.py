"""Accounts' figures beside their scores, cached (single-flight, stale-if-error)."""

from pantau.analytics.account_metrics.metrics import account_metrics, read_inputs
from pantau.analytics.account_metrics.models import AccountMetrics
from pantau.analytics.period import Period
from services.api.dependencies import Dependencies
from services.api.explain.sources import TTL_SECONDS, Sources
from services.api.http.cache import Answer, Cache
from services.api.http.response import Rendered, render

MOST_ANSWERS = 128


class MetricsByAccount:
    def __init__(self, shared: Dependencies) -> None:
        self._shared = shared
        self._sources = shared.service(Sources)
        self._answers: Cache[Rendered[AccountMetrics]] = Cache(TTL_SECONDS, MOST_ANSWERS, shared.clock)

    async def of(self, account_id: str, period: Period) -> Answer[Rendered[AccountMetrics]]:
        """Of an account that is known."""
        return await self._answers.get((account_id, period), lambda: self._read(account_id, period))

    async def _read(self, account_id: str, period: Period) -> Rendered[AccountMetrics]:
        account = (await self._shared.registry.fresh()).accounts[account_id]
        source = await self._sources.fresh(account_id, period)
        inputs = await self._shared.database.ask(lambda client: read_inputs(client, account_id, source))
        return render(account_metrics(account, period, inputs, self._shared.clock()))
