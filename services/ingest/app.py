"""The HTTP application: routes, problems and metrics around the pure core."""

from fastapi import FastAPI

from pantau.runtime.http import install_metrics, install_probes, install_problems
from services.ingest import openapi
from services.ingest.accounts import routes as accounts_endpoint
from services.ingest.dependencies import Intake
from services.ingest.events import routes as events_endpoint

SERVICE = "ingest"


def create_app(intake: Intake) -> FastAPI:
    # No documentation pages: they would load scripts from elsewhere. The schema is at /openapi.json.
    app = FastAPI(title="Pantau ingest", version="1", docs_url=None, redoc_url=None)
    install_problems(app)
    install_metrics(app, SERVICE)
    install_probes(app, lambda: intake.readiness)
    app.include_router(events_endpoint.router(intake))
    app.include_router(accounts_endpoint.router(intake))
    openapi.install(app)
    return app
