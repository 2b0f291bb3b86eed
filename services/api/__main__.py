"""`python -m services.api`: serves the API and the wall until it is told to stop."""

import sys

import structlog
import uvloop

from pantau.runtime import service
from pantau.runtime.clock import utc_now
from pantau.runtime.ops import Readiness
from services.api.dependencies import build
from services.api.service import run
from services.api.settings import ApiSettings

log = structlog.get_logger(__name__)


def main() -> int:
    """The exit status: 0 after a signal, 70 when it could not go on, 78 for bad settings or rules."""
    settings = service.configured("api", ApiSettings)
    readiness = Readiness("clickhouse", "kafka")
    with service.refusing():
        dependencies = build(settings, readiness, utc_now)
    if settings.session_secret is None:
        log.warning("API_SESSION_SECRET is not set: several api processes behind one address need it")
    return service.run(settings, readiness, lambda stop: run(dependencies, stop), runner=uvloop.run)


if __name__ == "__main__":
    sys.exit(main())
