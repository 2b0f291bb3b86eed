"""More about one account. These routes must come before the one of the account, which takes every path."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from pantau.analytics.account_metrics.models import AccountMetrics
from pantau.analytics.explain.models import Explanation
from services.api.http.access import reader
from services.api.http.period import PeriodAsked, period
from services.api.http.problems import documented
from services.api.http.response import respond
from services.api.scores.routes import PartsGiven, known_account

router = APIRouter(
    prefix="/v1/accounts", tags=["accounts"], dependencies=[Depends(reader)], responses=documented(401, 503)
)

AccountNamed = Annotated[str, Path(examples=["dinkes"])]


@router.get(
    "/{account_id:path}/explain",
    summary="Why an account has its score: parts, limits, what was left out, points down to the post",
    response_model=Explanation,
    responses=documented(404, 422),
)
async def explain(
    parts: PartsGiven, account_id: AccountNamed, asked: Annotated[PeriodAsked, Query()]
) -> Response:
    """All figures are computed together, for the instant `at`, from what is stored now.

    A live score of /v1/scores may be some seconds older or younger; with `at` both are the same.
    """
    now = parts.clock()
    wanted = period(asked, now)
    await known_account(parts, account_id)
    return respond(await parts.explain.of(account_id, wanted), now)


@router.get(
    "/{account_id:path}/metrics",
    summary="An account's figures beside its score, in all and by platform",
    response_model=AccountMetrics,
    responses=documented(404, 422),
)
async def metrics(
    parts: PartsGiven, account_id: AccountNamed, asked: Annotated[PeriodAsked, Query()]
) -> Response:
    """Followers, engagement, cadence, replies, share of voice, sentiment. None of them enters the score."""
    now = parts.clock()
    wanted = period(asked, now)
    await known_account(parts, account_id)
    return respond(await parts.account_metrics.of(account_id, wanted), now)
