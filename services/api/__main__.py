"""`python -m services.api`: serves the API and the wall until it is told to stop."""

import sys

import structlog
import uvloop

from pantau.runtime import logs, ops
from pantau.runtime.clock import utc_now
from pantau.runtime.errors import EXIT_FATAL
from pantau.runtime.listening import AddressError
from pantau.runtime.ops import Readiness
from pantau.runtime.settings import load, refusal
from pantau.runtime.stopping import until_signal
from pantau.score.rules import RulesError
from services.api.dependencies import build
from services.api.service import run
from services.api.settings import ApiSettings

log = structlog.get_logger(__name__)


def main() -> int:
    """The exit status: 0 after a signal, 70 when it could not go on, 78 for bad settings or rules."""
    settings = load(ApiSettings)
    logs.configure("api", settings.log_level, settings.log_format)
    readiness = Readiness("clickhouse", "kafka")
    try:
        dependencies = build(settings, readiness, utc_now)
        if settings.session_secret is None:
            log.warning("API_SESSION_SECRET is not set: several api processes behind one address need it")
        ops.serve(settings.metrics_host, settings.metrics_port, readiness)
        uvloop.run(until_signal(lambda stop: run(dependencies, stop)))
    except (RulesError, AddressError) as error:
        raise refusal([str(error)]) from error
    except Exception:
        log.critical("the service cannot go on", exc_info=True)
        return EXIT_FATAL
    log.info("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
