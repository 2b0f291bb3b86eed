"""The HTTP application: what its features add, and what holds for all of them."""

from fastapi import FastAPI

from pantau.runtime.http import install_metrics, install_probes, install_problems
from services.api.account_metrics import routes as account_metrics
from services.api.accounts import routes as accounts
from services.api.comments import routes as comments
from services.api.corrections import routes as corrections
from services.api.dependencies import Dependencies
from services.api.explain import routes as explain
from services.api.flags import routes as flags
from services.api.http.compression import Compression
from services.api.http.problems import documented, install_failures
from services.api.http.serving import SecurityHeaders, Serving, UnderPrefix
from services.api.official import routes as official
from services.api.overview import routes as overview
from services.api.pages import routes as pages
from services.api.pages.error_page import install_error_pages
from services.api.scores import routes as scores
from services.api.stream import routes as stream

# In the order in which addresses are looked up: an account's own takes every path under it.
FEATURES = (
    *(explain.router, account_metrics.router, scores.router, accounts.for_pages, overview.router),
    *(stream.router, accounts.for_keys, comments.router, corrections.router, flags.router),
    *(official.router, pages.router),
)

DESCRIPTION = """\
Live scores of government social media accounts, their comments' sentiment, and the wall.

All instants are RFC 3339 in UTC. Refusals are problem documents (RFC 9457). Reading needs an API key:
`Authorization: Bearer KEY`; correcting a label needs one with the scope label:write, reviewing a flag one
with flag:review. While the database is away, the last good answer is given with `stale_since` and the header
`Age`. `simulated: true` marks figures of the demo feed (data simulasi).
"""


def application(serving: Serving = Serving()) -> FastAPI:  # noqa: B008 - it is frozen
    """Without its dependencies: enough to describe itself."""
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
    for router in FEATURES:
        app.include_router(router)
    install_probes(app, lambda: app.state.dependencies.readiness, documented(503))
    app.add_middleware(Compression)
    return app


def create_app(dependencies: Dependencies) -> FastAPI:
    app = application(dependencies.serving)
    app.state.dependencies = dependencies
    return app
