"""An account's figures. This route comes before the account's own, which takes every path."""

from typing import Annotated

from fastapi import Path, Query, Response

from pantau.analytics.account_metrics.models import AccountMetrics
from services.api.account_metrics.service import MetricsByAccount
from services.api.dependencies import Shared, given
from services.api.http import routers
from services.api.http.period import PeriodAsked, period
from services.api.http.problems import documented
from services.api.http.response import respond

router = routers.for_pages("accounts")


@router.get(
    "/accounts/{account_id:path}/metrics",
    summary="An account's figures beside its score, in all and by platform",
    response_model=AccountMetrics,
    responses=documented(404, 422),
)
async def metrics(
    shared: Shared,
    service: Annotated[MetricsByAccount, given(MetricsByAccount)],
    account_id: Annotated[str, Path(examples=["dinkes"])],
    asked: Annotated[PeriodAsked, Query()],
) -> Response:
    """Followers, engagement, cadence, replies, share of voice, sentiment. None of them enters the score."""
    now = shared.clock()
    wanted = period(asked, now)
    await shared.registry.require(account_id)
    return respond(await service.of(account_id, wanted), now)
