"""The HTTP application."""

from fastapi import FastAPI

from services.api import (
    correction_endpoints,
    endpoints,
    explain_endpoints,
    flag_endpoints,
    official_endpoints,
    page,
)
from services.api.compression import Compression
from services.api.error_page import install_error_pages
from services.api.parts import Parts
from services.api.problems import documented, install_failures
from services.api.serving import SecurityHeaders, Serving, UnderPrefix
from services.runtime.http import install_metrics, install_probes, install_problems

DESCRIPTION = """\
Live scores of government social media accounts, their comments' sentiment, and the wall.

All instants are RFC 3339 in UTC. Refusals are problem documents (RFC 9457). Reading needs an API key:
`Authorization: Bearer KEY`; correcting a label needs one with the scope label:write, reviewing a flag one
with flag:review. While the database is away, the last good answer is given with `stale_since` and the header
`Age`. `simulated: true` marks figures of the demo feed (data simulasi).
"""


def application(serving: Serving = Serving()) -> FastAPI:  # noqa: B008 - it is frozen
    """Without its parts: enough to describe itself."""
    app = FastAPI(
        title="Pantau API",
        version="1",
        description=DESCRIPTION,
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # to an address made of the Host header, which a proxy may have changed
        generate_unique_id_function=lambda route: route.name,
    )
    install_problems(app)
    install_failures(app)
    install_error_pages(app, serving)
    install_metrics(app, "api")
    app.add_middleware(SecurityHeaders, headers=serving.headers())
    app.add_middleware(UnderPrefix, prefix=serving.prefix)
    app.include_router(explain_endpoints.router)
    app.include_router(endpoints.for_pages)
    app.include_router(endpoints.for_keys)
    app.include_router(correction_endpoints.router)
    app.include_router(flag_endpoints.router)
    app.include_router(official_endpoints.router)
    app.include_router(page.router)
    install_probes(app, lambda: app.state.parts.readiness, documented(503))
    app.add_middleware(Compression)
    return app


def create_app(parts: Parts) -> FastAPI:
    app = application(parts.serving)
    app.state.parts = parts
    return app
