"""The pulse and the status."""

from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from pantau.analytics.pulse.models import Pulse
from services.api.dependencies import Shared, given
from services.api.http import routers
from services.api.http.period import Asked
from services.api.http.problems import documented
from services.api.http.response import respond
from services.api.overview.models import Status
from services.api.overview.service import Overview

router = routers.for_pages()

Service = Annotated[Overview, given(Overview)]


class PulseAsked(Asked):
    minutes: int = Field(60, ge=1, le=1440, description="How many minutes, the running one included")


@router.get(
    "/pulse",
    tags=["pulse"],
    summary="Comments a minute by sentiment, rising negatives, speed of replies",
    response_model=Pulse,
    responses=documented(422),
)
async def pulse(shared: Shared, service: Service, asked: Annotated[PulseAsked, Query()]) -> Response:
    """Minutes are those in which comments were written.

    An account is listed as rising when it got at least 10 negative comments in the last 60 minutes, more than
    in an average hour of the 24 hours before, and they are a greater share of its comments than then.
    """
    return respond(await service.pulse(asked.minutes), shared.clock())


@router.get("/status", tags=["status"], summary="How current everything is", response_model=Status)
async def status(shared: Shared, service: Service) -> Response:
    return respond(await service.status(), shared.clock())
