"""Labelled comments, by page."""

from typing import Annotated

from fastapi import Query, Response

from pantau.analytics.comments.models import Comments
from pantau.analytics.comments.queries import CommentsWanted
from pantau.contracts.fields import AccountId, Label
from services.api.comments.service import CommentPages
from services.api.dependencies import Shared, given
from services.api.http import routers
from services.api.http.paging import Before, Limit, place
from services.api.http.period import Asked
from services.api.http.problems import documented
from services.api.http.response import respond

router = routers.for_keys("comments")


class CommentsAsked(Asked):
    label: Label | None = None
    account: AccountId | None = None
    limit: Limit = 50
    before: Before = None


@router.get(
    "/comments",
    summary="Labelled comments, newest first",
    response_model=Comments,
    responses=documented(404, 422),
)
async def comments(
    shared: Shared,
    service: Annotated[CommentPages, given(CommentPages)],
    asked: Annotated[CommentsAsked, Query()],
) -> Response:
    """Texts are masked, authors are never given. Deleted comments are left out."""
    if asked.account is not None:
        await shared.registry.require(asked.account)
    wanted = CommentsWanted(asked.label, asked.account, place(asked.before), asked.limit)
    return respond(await service.page(wanted), shared.clock())
