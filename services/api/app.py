"""The HTTP application."""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api import (
    correction_endpoints,
    endpoints,
    explain_endpoints,
    flag_endpoints,
    official_endpoints,
    page,
)
from services.api.compression import Compression
from services.api.parts import Parts
from services.api.problems import documented, install_failures
from services.runtime.http import install_metrics, install_probes, install_problems

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
DESCRIPTION = """\
Live scores of government social media accounts, their comments' sentiment, and the wall.

All instants are RFC 3339 in UTC. Refusals are problem documents (RFC 9457). Reading needs an API key:
`Authorization: Bearer KEY`; correcting a label needs one with the scope label:write, reviewing a flag one
with flag:review. While the database is away, the last good answer is given with `stale_since` and the header
`Age`. `simulated: true` marks figures of the demo feed (data simulasi).
"""


class SecurityHeaders:
    """On every answer: a JSON answer, too, may be opened as a page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def application() -> FastAPI:
    """Without its parts: enough to describe itself."""
    app = FastAPI(
        title="Pantau API",
        version="1",
        description=DESCRIPTION,
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    install_problems(app)
    install_failures(app)
    install_metrics(app, "api")
    app.add_middleware(SecurityHeaders)
    app.include_router(explain_endpoints.router)
    app.include_router(endpoints.router)
    app.include_router(correction_endpoints.router)
    app.include_router(flag_endpoints.router)
    app.include_router(official_endpoints.router)
    app.include_router(page.router)
    install_probes(app, lambda: app.state.parts.readiness, documented(503))
    app.add_middleware(Compression)
    return app


def create_app(parts: Parts) -> FastAPI:
    app = application()
    app.state.parts = parts
    return app
