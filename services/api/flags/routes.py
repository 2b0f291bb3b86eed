"""Comments that look made to score: listed with their evidence, and reviewed by people."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from pantau.analytics.flags import models as schemas
from pantau.analytics.flags.listing import FlagsWanted
from pantau.contracts.fields import AccountId, Flag
from pantau.runtime.http import Problem
from services.api.dependencies import Shared, given
from services.api.flags.service import Flags, ReviewAsked
from services.api.http import routers
from services.api.http.access import reviewer
from services.api.http.paging import PageAsked, place
from services.api.http.period import PeriodAsked, period
from services.api.http.problems import documented
from services.api.http.request_body import described, read_body
from services.api.http.response import respond

router = routers.for_keys("flags", prefix="/v1/flags")

Service = Annotated[Flags, given(Flags)]


class FlagsAsked(PeriodAsked):
    account: AccountId | None = Field(None, description="Of this account alone; new_authors needs it")
    flag: Flag | None = None
    limit: int = Field(200, ge=1, le=1000)


@router.get(
    "",
    summary="Comments that look made to score, by post, with evidence",
    response_model=schemas.Flags,
    responses=documented(404, 422),
)
async def flags(shared: Shared, service: Service, asked: Annotated[FlagsAsked, Query()]) -> Response:
    """Of posts with comments in the window, or of the month's posts. Evidence is the whole post's, as of now.

    `new_authors` needs the account's whole history, so it is looked for only where an account is named. Posts
    with a giveaway are left out: their comments do not count anyway. Not for the wall: it needs a key.
    """
    now = shared.clock()
    wanted = period(asked, now)
    if asked.flag is Flag.NEW_AUTHORS and asked.account is None:
        raise Problem(422, "flag: new_authors needs an account")
    if asked.account is not None:
        await shared.registry.require(asked.account)
    return respond(await service.listed(FlagsWanted(wanted, asked.account, asked.flag, asked.limit)), now)


@router.post(
    "/reviews",
    summary="Overturn or uphold a flag",
    status_code=202,
    response_model=schemas.FlagReview,
    responses=documented(403, 404, 409, 413, 422),
    openapi_extra=described(ReviewAsked),
)
async def review(
    request: Request, service: Service, by: Annotated[str, Depends(reviewer)]
) -> schemas.FlagReview:
    """Holds over the rule from now on; null withdraws it. 409: the rules do not raise the flag on this post.

    Overturned, it keeps no comment from counting; upheld, it does, even where the rule only lists. A review
    of new_authors changes no score. Needs the scope flag:review. The answer comes once Kafka has the review;
    scores follow in seconds.
    """
    return await service.review(await read_body(request, ReviewAsked), by)


@router.get(
    "/reviews",
    summary="Who reviewed which flag, newest first",
    response_model=schemas.FlagReviews,
    responses=documented(422),
)
async def reviews(shared: Shared, service: Service, asked: Annotated[PageAsked, Query()]) -> Response:
    """Every review that was ever made, withdrawals among them. Not for the wall: it needs a key."""
    return respond(await service.reviews(place(asked.before), asked.limit), shared.clock())
