"""Why an account has its score. This route comes before the account's own, which takes every path."""

from typing import Annotated

from fastapi import Path, Query, Response

from pantau.analytics.explain.models import Explanation
from services.api.dependencies import Shared, given
from services.api.explain.service import Explain
from services.api.http import routers
from services.api.http.period import PeriodAsked, period
from services.api.http.problems import documented
from services.api.http.response import respond

router = routers.for_pages("accounts")


@router.get(
    "/accounts/{account_id:path}/explain",
    summary="Why an account has its score: parts, limits, what was left out, points down to the post",
    response_model=Explanation,
    responses=documented(404, 422),
)
async def explain(
    shared: Shared,
    service: Annotated[Explain, given(Explain)],
    account_id: Annotated[str, Path(examples=["dinkes"])],
    asked: Annotated[PeriodAsked, Query()],
) -> Response:
    """All figures are computed together, for the instant `at`, from what is stored now.

    A live score of /v1/scores may be some seconds older or younger; with `at` both are the same.
    """
    now = shared.clock()
    wanted = period(asked, now)
    await shared.registry.require(account_id)
    return respond(await service.of(account_id, wanted), now)
