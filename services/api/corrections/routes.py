"""Corrections of labels: making one, the audit trail, the export."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from pantau.analytics.corrections import models
from pantau.contracts.fields import AccountId, Identifier, Platform
from services.api.corrections.service import CorrectionAsked, Corrections
from services.api.dependencies import Shared, given
from services.api.http import routers
from services.api.http.access import corrector
from services.api.http.paging import PageAsked, place
from services.api.http.period import Asked
from services.api.http.problems import documented
from services.api.http.request_body import described, read_body
from services.api.http.response import respond

router = routers.for_keys("corrections")

Service = Annotated[Corrections, given(Corrections)]

EXPORT = """\
{"text":"Wah, cepat sekali. Baru dua bulan dibalas","label":"negative","simulated":false}
{"text":"Terima kasih, [akun]","label":"positive","simulated":false}
"""


class CommentNamed(Asked):
    account: AccountId | None = Field(None, description="Where several comments have the id")
    platform: Platform | None = Field(None, description="The same")
    post: str | None = Field(None, max_length=256, description="The same; empty: the one without a post")


@router.post(
    "/comments/{comment_id:path}/label",
    summary="Correct the label of a comment",
    status_code=202,
    response_model=models.Correction,
    responses=documented(403, 404, 409, 413, 422),
    openapi_extra=described(CorrectionAsked),
)
async def correct(
    request: Request,
    service: Service,
    by: Annotated[str, Depends(corrector)],
    comment_id: Annotated[Identifier, Path(examples=["17991234567890123"])],
    named: Annotated[CommentNamed, Query()],
) -> models.Correction:
    """Holds over every model's label from now on, whatever is labelled anew; null withdraws it.

    Needs the scope label:write. The answer comes once Kafka has the correction; figures follow in seconds.
    """
    asked = await read_body(request, CorrectionAsked)
    return await service.correct(asked, by, comment_id, **named.model_dump())


@router.get(
    "/corrections",
    summary="Who corrected which label, newest first",
    response_model=models.Corrections,
    responses=documented(422),
)
async def corrections(shared: Shared, service: Service, asked: Annotated[PageAsked, Query()]) -> Response:
    """Every correction that was ever made, withdrawals among them. Not for the wall: it needs a key."""
    return respond(await service.page(place(asked.before), asked.limit), shared.clock())


@router.get(
    "/corrections/export",
    summary="Corrections as training data",
    response_class=Response,
    responses={
        200: {
            "description": "One JSON object a line: text, label, simulated",
            "content": {
                "application/x-ndjson": {
                    "schema": {"type": "string"},
                    "example": EXPORT,
                }
            },
        },
    },
)
async def export_corrections(service: Service) -> Response:
    """Those that hold, where the masked text is still there. `simulated`: a comment of the demo feed."""
    pages = service.export()
    first = await anext(pages)  # what fails now is still a problem document
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="corrections.jsonl"'}
    return StreamingResponse(_from(first, pages), media_type="application/x-ndjson", headers=headers)


async def _from(first: bytes, pages: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for page in pages:
        yield page
