"""The reverse proxy's prefix, the security headers and the content security policy of this installation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PREFIX = re.compile(r"(/[A-Za-z0-9][A-Za-z0-9._~-]*)+")
_OWN_PATHS = frozenset({"v1", "wall", "akun", "healthz", "readyz", "openapi.json"})
_ORIGIN = re.compile(
    r"https?://(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?|https?://\[[0-9a-fA-F:]+\](:[0-9]{1,5})?"
)
_KEYWORDS = {"none": "'none'", "'none'": "'none'", "self": "'self'", "'self'": "'self'"}


def _prefix(value: str) -> str:
    """`/pantau`, or nothing. A slash at the end is taken off."""
    prefix = value.strip().rstrip("/")
    if prefix and not _PREFIX.fullmatch(prefix):
        raise ValueError("give a path such as /pantau: a slash, then letters, digits, dots and dashes")
    first = prefix.strip("/").partition("/")[0]
    if first in _OWN_PATHS:
        raise ValueError(f"/{first} is a path of this service itself; choose another one")
    return prefix


def _frame_ancestors(value: str) -> str:
    """As the policy's header writes them."""
    sources = [_KEYWORDS.get(word.lower(), word.rstrip("/")) for word in value.split()]
    strange = [word for word in sources if word not in _KEYWORDS.values() and not _ORIGIN.fullmatch(word)]
    if strange or not sources:
        raise ValueError(
            "give none, self, or origins separated by spaces, such as https://signage.example.go.id"
            + (f"; not {strange[0]!r}" if strange else "")
        )
    if "'none'" in sources and len(sources) > 1:
        raise ValueError("none forbids every frame; leave it out beside other words")
    return " ".join(sources)


PathPrefix = Annotated[str, AfterValidator(_prefix)]
FrameAncestors = Annotated[str, AfterValidator(_frame_ancestors)]


@dataclass(frozen=True, slots=True)
class Serving:
    prefix: str = ""
    frame_ancestors: str = "'none'"

    def policy(self, *styles: str) -> str:
        """The content policy; `styles` are sources, such as a hash, of styles besides this server's files."""
        style = f"; style-src 'self' {' '.join(styles)}" if styles else ""
        return (
            f"default-src 'self'{style}; object-src 'none'; base-uri 'none'; form-action 'none'; "
            f"frame-ancestors {self.frame_ancestors}"
        )

    def headers(self) -> dict[str, str]:
        return {
            "Content-Security-Policy": self.policy(),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }


class SecurityHeaders:
    """On every answer: a JSON answer, too, may be opened as a page."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class UnderPrefix:
    """Paths with and without the prefix are the same: some proxies take it off, others do not."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._prefix:
            path = scope["path"].removeprefix(self._prefix) if self._has(scope["path"]) else scope["path"]
            scope = dict(scope) | {"root_path": self._prefix, "path": self._prefix + (path or "/")}
        await self._app(scope, receive, send)

    def _has(self, path: str) -> bool:
        return path == self._prefix or path.startswith(f"{self._prefix}/")
