"""Who may read: holders of an API key, and browsers that were served the wall. Who may write what."""

import hmac
import secrets
from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.security import APIKeyCookie, APIKeyHeader, HTTPBearer
from pydantic import SecretStr

from services.api.settings import NamedKey
from services.runtime.http import Problem, is_known, presented_key, unauthorised

SESSION_COOKIE = "wall"

# These only describe themselves in the OpenAPI document; Access decides.
_DESCRIBED = (
    HTTPBearer(auto_error=False, scheme_name="bearer", description="Authorization: Bearer KEY"),
    APIKeyHeader(name="X-API-Key", auto_error=False, scheme_name="header"),
    APIKeyCookie(
        name=SESSION_COOKIE, auto_error=False, scheme_name="wall", description="Set when /wall is served"
    ),
)


class Access:
    """The session is one secret for all walls of this process: a new process hands out a new one."""

    def __init__(
        self,
        keys: Sequence[SecretStr],
        label_keys: Sequence[NamedKey] = (),
        review_keys: Sequence[NamedKey] = (),
    ) -> None:
        self._keys = (*keys, *(key.secret for key in (*label_keys, *review_keys)))
        self._label_keys = label_keys
        self._review_keys = review_keys
        self._session = secrets.token_urlsafe(32)

    def admits(self, request: Request) -> bool:
        return self.has_key(request) or self._is_wall(request)

    def has_key(self, request: Request) -> bool:
        return is_known(presented_key(request), self._keys)

    def corrector(self, request: Request) -> str | None:
        """The name of the presented key when it may correct labels."""
        return _name(request, self._label_keys)

    def reviewer(self, request: Request) -> str | None:
        """The name of the presented key when it may review flags."""
        return _name(request, self._review_keys)

    def open_session(self, request: Request, response: Response) -> None:
        response.set_cookie(
            SESSION_COOKIE,
            self._session,
            path="/",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )

    def _is_wall(self, request: Request) -> bool:
        offered = request.cookies.get(SESSION_COOKIE, "")
        return request.method in ("GET", "HEAD") and hmac.compare_digest(
            offered.encode(), self._session.encode()
        )


def _name(request: Request, keys: Sequence[NamedKey]) -> str | None:
    presented = presented_key(request)
    names = [key.name for key in keys if is_known(presented, [key.secret])]
    return names[0] if names else None


async def reader(
    request: Request,
    _bearer: Annotated[object, Depends(_DESCRIBED[0])],
    _header: Annotated[object, Depends(_DESCRIBED[1])],
    _cookie: Annotated[object, Depends(_DESCRIBED[2])],
) -> None:
    """Raises Problem 401."""
    access: Access = request.app.state.parts.access
    if not access.admits(request):
        raise unauthorised()


async def key_holder(
    request: Request,
    _bearer: Annotated[object, Depends(_DESCRIBED[0])],
    _header: Annotated[object, Depends(_DESCRIBED[1])],
) -> None:
    """For what no wall shows. Raises Problem 401."""
    access: Access = request.app.state.parts.access
    if not access.has_key(request):
        raise unauthorised()


async def corrector(request: Request, _known: Annotated[None, Depends(key_holder)]) -> str:
    """The name of a key with the scope label:write. Raises Problem 401 and 403."""
    access: Access = request.app.state.parts.access
    name = access.corrector(request)
    if name is None:
        raise Problem(403, "this key may not; correcting a label needs one of API_LABEL_KEYS")
    return name


async def reviewer(request: Request, _known: Annotated[None, Depends(key_holder)]) -> str:
    """The name of a key with the scope flag:review. Raises Problem 401 and 403."""
    access: Access = request.app.state.parts.access
    name = access.reviewer(request)
    if name is None:
        raise Problem(403, "this key may not; reviewing a flag needs one of API_REVIEW_KEYS")
    return name
