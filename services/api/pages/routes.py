"""The pages and their assets. Public unless API_WALL_PUBLIC is false."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from services.api.dependencies import given
from services.api.http.problems import documented
from services.api.pages.service import ACCOUNT, WALL, Pages

router = APIRouter(tags=["wall"])

Service = Annotated[Pages, given(Pages)]


@router.get("/", include_in_schema=False)
async def root(pages: Service) -> Response:
    return pages.root()


@router.get("/wall/", include_in_schema=False)
@router.get(
    "/wall",
    summary="The wall's page",
    response_class=Response,
    responses={200: {"description": "HTML", "content": {"text/html": {}}}, **documented(401, 503)},
)
async def index(pages: Service, request: Request) -> Response:
    """Public unless API_WALL_PUBLIC is false. Carries what lets this page read what it shows."""
    return pages.html(WALL, request)


@router.get(
    "/akun/{account_id:path}",
    summary="The page that tells why an account has its score",
    response_class=Response,
    responses={200: {"description": "HTML", "content": {"text/html": {}}}, **documented(401, 422, 503)},
)
async def account_page(
    pages: Service, _: Annotated[str, Path(alias="account_id")], request: Request
) -> Response:
    """For whom /wall opens. The page itself reads /v1 and says so when there is no such account."""
    return pages.html(ACCOUNT, request)


@router.get("/wall/{path:path}", include_in_schema=False)
async def file(pages: Service, path: str, request: Request) -> Response:
    return await pages.file(path, request)
