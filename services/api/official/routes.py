"""Months that are closed: the list, the scores, and the document that the hash is of."""

from typing import Annotated

from fastapi import Header, Path, Query, Response
from pydantic import Field

from pantau.analytics.official.models import OfficialMonth, OfficialMonths
from pantau.runtime.http import Problem
from pantau.score.official import Revision
from pantau.score.windows import parse_month
from services.api.dependencies import Shared, given
from services.api.http import routers
from services.api.http.cache import Answer
from services.api.http.period import Asked
from services.api.http.problems import documented
from services.api.http.response import respond
from services.api.official.service import Official

router = routers.for_keys("official", prefix="/v1/official")

Service = Annotated[Official, given(Official)]

MonthNamed = Annotated[
    str, Path(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="Calendar month", examples=["2026-10"])
]


class RevisionAsked(Asked):
    revision: int | None = Field(None, ge=1, le=2**31, description="Default: the one that holds")


@router.get("", summary="All frozen revisions of all months", response_model=OfficialMonths)
async def official_months(shared: Shared, service: Service) -> Response:
    return respond(await service.months(), shared.clock())


@router.get(
    "/{month}",
    summary="One official month: scores, parts, ranks under the other normalisers",
    response_model=OfficialMonth,
    responses=documented(404, 422),
)
async def official_month(
    shared: Shared, service: Service, month: MonthNamed, asked: Annotated[RevisionAsked, Query()]
) -> Response:
    """Figures as they were frozen; names are those of now."""
    found = await _found(service, month, asked.revision)
    registry = (await shared.registry.get()).value
    return respond(await service.month(found, registry), shared.clock())


@router.get(
    "/{month}/document",
    summary="The frozen document, byte by byte: its SHA-256 is the published one",
    response_class=Response,
    responses={
        **documented(404, 422),
        200: {
            "description": "Canonical JSON of month, rules, inputs and results; ETag is its SHA-256",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
    },
)
async def official_document(
    service: Service,
    month: MonthNamed,
    asked: Annotated[RevisionAsked, Query()],
    known: Annotated[str, Header(alias="If-None-Match", description="ETag of a copy that is there")] = "",
) -> Response:
    """Unchanged since it was frozen, so a copy never has to be fetched again."""
    found = await _found(service, month, asked.revision)
    tag = f'"{found.value.sha256}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if known.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in known.split(",")):
        return Response(status_code=304, headers=headers)
    content = await service.document(found.value)
    return Response(content, media_type="application/json", headers=headers)


async def _found(service: Official, month: str, number: int | None) -> Answer[Revision]:
    try:
        first_day = parse_month(month)
    except ValueError as error:
        raise Problem(422, f"month: {error}") from error
    found = await service.find(first_day, number)
    if found.value is None:
        which = f"revision {number} of {month}" if number else month
        raise Problem(404, f"{which} is not frozen; GET /v1/official lists what is")
    return Answer(found.value, found.taken_at, found.stale)
