"""The ranking: live, at a past instant, or of a month."""

from typing import Annotated

from fastapi import Query, Response

from pantau.analytics.ranking import models
from services.api.dependencies import Shared, given
from services.api.http import routers
from services.api.http.period import PeriodAsked, period
from services.api.http.problems import documented
from services.api.http.response import respond
from services.api.scores.service import Boards

router = routers.for_pages("scores")


@router.get(
    "/scores",
    summary="Ranking of all active accounts",
    response_model=models.Scores,
    responses=documented(422),
)
async def scores(
    shared: Shared, boards: Annotated[Boards, given(Boards)], asked: Annotated[PeriodAsked, Query()]
) -> Response:
    """Live in a sliding window, at a past instant, or of a calendar month.

    While ClickHouse is away the last good answer is given, with `stale_since` and the header `Age`.
    """
    now = shared.clock()
    return respond(await boards.of(period(asked, now)), now)
