"""Authorisation: API keys, their scopes, and the sessions of the pages that this service serves."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.security import APIKeyHeader, HTTPBearer
from pydantic import SecretStr

from pantau.runtime.http import Problem, is_known, presented_key, unauthorised
from services.api.http.session import LIFETIME_SECONDS, Sessions
from services.api.settings import NamedKey

SESSION_HEADER = "X-Pantau-Session"
# What the pages show and so ask for. A session reads these and nothing else; no comment's text is in them.
PAGE_READS = frozenset(
    {
        "/v1/status",
        "/v1/stream",
        "/v1/scores",
        "/v1/pulse",
        "/v1/accounts/{account_id:path}",
        "/v1/accounts/{account_id:path}/explain",
        "/v1/accounts/{account_id:path}/metrics",
    }
)

# These only describe themselves in the OpenAPI document; Access decides.
_BEARER = HTTPBearer(auto_error=False, scheme_name="bearer", description="Authorization: Bearer KEY")
_HEADER = APIKeyHeader(name="X-API-Key", auto_error=False, scheme_name="header")
_PAGE = APIKeyHeader(
    name=SESSION_HEADER,
    auto_error=False,
    scheme_name="page",
    description="What /wall and /akun carry in themselves and set as a cookie; for what they show, for a day",
)


class Access:
    def __init__(
        self,
        sessions: Sessions,
        keys: Sequence[SecretStr],
        label_keys: Sequence[NamedKey] = (),
        review_keys: Sequence[NamedKey] = (),
    ) -> None:
        self._sessions = sessions
        self._keys = (*keys, *(key.secret for key in (*label_keys, *review_keys)))
        self._label_keys = label_keys
        self._review_keys = review_keys

    def admits(self, request: Request) -> bool:
        return self.has_key(request) or self._is_page(request)

    def may_read(self, request: Request) -> bool:
        """A key reads every route; a page those that it shows."""
        route = getattr(request.scope.get("route"), "path", "")
        return self.has_key(request) or (route in PAGE_READS and self._is_page(request))

    def has_key(self, request: Request) -> bool:
        return is_known(presented_key(request), self._keys)

    def corrector(self, request: Request) -> str | None:
        """The name of the presented key when it may correct labels."""
        return _name(request, self._label_keys)

    def reviewer(self, request: Request) -> str | None:
        """The name of the presented key when it may review flags."""
        return _name(request, self._review_keys)

    def issue(self) -> str:
        """A token for one page, which it presents itself: some browsers keep no cookie."""
        return self._sessions.issue()

    def keep(self, token: str, request: Request, response: Response) -> None:
        """The same as a cookie, for what sends no header: the event stream."""
        response.set_cookie(
            self._sessions.cookie,
            token,
            max_age=LIFETIME_SECONDS,
            path=self._sessions.prefix or "/",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )

    def _is_page(self, request: Request) -> bool:
        offered = (request.headers.get(SESSION_HEADER, ""), request.cookies.get(self._sessions.cookie, ""))
        return request.method in ("GET", "HEAD") and any(self._sessions.holds(token) for token in offered)


def _name(request: Request, keys: Sequence[NamedKey]) -> str | None:
    presented = presented_key(request)
    names = [key.name for key in keys if is_known(presented, [key.secret])]
    return names[0] if names else None


async def reader(
    request: Request,
    _bearer: Annotated[object, Depends(_BEARER)],
    _header: Annotated[object, Depends(_HEADER)],
    _page: Annotated[object, Depends(_PAGE)],
) -> None:
    """For what the pages show. Raises Problem 401."""
    access: Access = request.app.state.dependencies.access
    if not access.may_read(request):
        raise unauthorised()


async def key_holder(
    request: Request,
    _bearer: Annotated[object, Depends(_BEARER)],
    _header: Annotated[object, Depends(_HEADER)],
) -> None:
    """For what no page shows. Raises Problem 401."""
    access: Access = request.app.state.dependencies.access
    if not access.has_key(request):
        raise unauthorised()


async def corrector(request: Request, _known: Annotated[None, Depends(key_holder)]) -> str:
    """The name of a key with the scope label:write. Raises Problem 401 and 403."""
    access: Access = request.app.state.dependencies.access
    name = access.corrector(request)
    if name is None:
        raise Problem(403, "this key may not; correcting a label needs one of API_LABEL_KEYS")
    return name


async def reviewer(request: Request, _known: Annotated[None, Depends(key_holder)]) -> str:
    """The name of a key with the scope flag:review. Raises Problem 401 and 403."""
    access: Access = request.app.state.dependencies.access
    name = access.reviewer(request)
    if name is None:
        raise Problem(403, "this key may not; reviewing a flag needs one of API_REVIEW_KEYS")
    return name
