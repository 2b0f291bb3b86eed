"""The pages (the wall, one account's) and their assets, as npm built them."""

from hashlib import sha256
from html import escape

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

from pantau.runtime.http import Problem, unauthorised
from services.api.dependencies import Dependencies

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


class Pages:
    def __init__(self, shared: Dependencies) -> None:
        self._access = shared.access
        self._public = shared.settings.wall_public
        self._prefix = shared.serving.prefix
        self._dist = shared.dist
        self._files = StaticFiles(directory=shared.dist, check_dir=False)

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
