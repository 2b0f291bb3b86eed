"""The HTTP application."""

from fastapi import FastAPI

from pantau.runtime.http import install_metrics, install_probes, install_problems
from services.api.accounts import routes as explain_endpoints
from services.api.corrections import routes as correction_endpoints
from services.api.dependencies import Parts
from services.api.flags import routes as flag_endpoints
from services.api.http import pages
from services.api.http.compression import Compression
from services.api.http.error_page import install_error_pages
from services.api.http.problems import documented, install_failures
from services.api.http.serving import SecurityHeaders, Serving, UnderPrefix
from services.api.official import routes as official_endpoints
from services.api.scores import routes as endpoints

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
    app.include_router(pages.router)
    install_probes(app, lambda: app.state.parts.readiness, documented(503))
    app.add_middleware(Compression)
    return app


def create_app(parts: Parts) -> FastAPI:
    app = application(parts.serving)
    app.state.parts = parts
    return app
