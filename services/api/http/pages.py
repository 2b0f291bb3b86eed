"""The pages (the wall, one account's) and their assets, as npm built them."""

from hashlib import sha256
from html import escape
from pathlib import Path as File
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

from pantau.runtime.http import Problem, unauthorised
from services.api.http.access import Access
from services.api.http.problems import documented

DIST = File(__file__).parents[3] / "web" / "dist"
WALL, ACCOUNT = "index.html", "akun.html"
NOT_BUILT = "the pages are not built; run: npm --prefix web ci && npm --prefix web run build"
_IMMUTABLE = "public, max-age=31536000, immutable"
# The build knows no address: its own files it names from the page's folder, and the page's place is empty.
_FILES = '="./'
_PREFIX = '<meta name="pantau-prefix" content="'
_SESSION = '<meta name="pantau-session" content="'


def placed(built: str, prefix: str, token: str) -> str:
    """The page as npm built it, told where it stands and with what it may read."""
    return (
        built.replace(_FILES, f'="{escape(prefix)}/wall/')
        .replace(_PREFIX, _PREFIX + escape(prefix))
        .replace(_SESSION, _SESSION + escape(token))
    )


class Page:
    def __init__(self, access: Access, *, public: bool, prefix: str = "", dist: File = DIST) -> None:
        self._access = access
        self._public = public
        self._prefix = prefix
        self._dist = dist
        self._files = StaticFiles(directory=dist, check_dir=False)

    def build(self) -> str:
        """Changes when the page does; its assets carry their digests in their names."""
        try:
            return sha256((self._dist / WALL).read_bytes()).hexdigest()[:12]
        except OSError:
            return "none"

    def root(self) -> Response:
        return RedirectResponse(f"{self._prefix}/wall")

    def html(self, name: str, request: Request) -> Response:
        """Raises Problem 401 and 503."""
        self._admit(request)
        try:
            built = (self._dist / name).read_text(encoding="utf-8")
        except OSError as error:
            raise Problem(503, NOT_BUILT, headers={"Retry-After": "10"}) from error
        token = self._access.issue()
        content = placed(built, self._prefix, token)
        response = Response(content, media_type="text/html", headers={"Cache-Control": "no-store"})
        self._access.keep(token, request, response)
        return response

    async def file(self, path: str, request: Request) -> Response:
        """Raises HTTPException 404."""
        self._admit(request)
        if path in (WALL, ACCOUNT):  # as built they know neither their place nor their session
            return self.root()
        response = await self._files.get_response(path, request.scope)
        hashed = path.startswith("assets/")
        response.headers["Cache-Control"] = _IMMUTABLE if hashed else "no-cache"
        return response

    def _admit(self, request: Request) -> None:
        if not self._public and not self._access.admits(request):
            raise unauthorised()


router = APIRouter(tags=["wall"])


@router.get("/", include_in_schema=False)
async def root(request: Request) -> Response:
    page: Page = request.app.state.parts.page
    return page.root()


@router.get("/wall/", include_in_schema=False)
@router.get(
    "/wall",
    summary="The wall's page",
    response_class=Response,
    responses={200: {"description": "HTML", "content": {"text/html": {}}}, **documented(401, 503)},
)
async def index(request: Request) -> Response:
    """Public unless API_WALL_PUBLIC is false. Carries what lets this page read what it shows."""
    page: Page = request.app.state.parts.page
    return page.html(WALL, request)


@router.get(
    "/akun/{account_id:path}",
    summary="The page that tells why an account has its score",
    response_class=Response,
    responses={200: {"description": "HTML", "content": {"text/html": {}}}, **documented(401, 422, 503)},
)
async def account_page(_: Annotated[str, Path(alias="account_id")], request: Request) -> Response:
    """For whom /wall opens. The page itself reads /v1 and says so when there is no such account."""
    page: Page = request.app.state.parts.page
    return page.html(ACCOUNT, request)


@router.get("/wall/{path:path}", include_in_schema=False)
async def file(path: str, request: Request) -> Response:
    page: Page = request.app.state.parts.page
    return await page.file(path, request)
