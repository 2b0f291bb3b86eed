"""`python -m services.api`: serves the API and the wall until it is told to stop."""

import asyncio
import faulthandler
import os
import signal
import sys
import threading

import structlog
import uvloop

from services.api.parts import Parts, assemble
from services.api.service import run
from services.api.settings import ApiSettings
from services.runtime import logs, ops
from services.runtime.clock import utc_now
from services.runtime.errors import EXIT_FATAL
from services.runtime.ops import Readiness
from services.runtime.settings import load

log = structlog.get_logger(__name__)

# An orchestrator sends SIGKILL after 30 s.
STOP_SECONDS = 22.0


def main() -> int:
    """The exit status: 0 after SIGTERM or SIGINT, 70 when the service could not go on."""
    settings = load(ApiSettings)
    logs.configure("api", settings.log_level, settings.log_format)
    readiness = Readiness("clickhouse", "kafka")
    try:
        parts = assemble(settings, readiness, utc_now)
        ops.serve(settings.metrics_host, settings.metrics_port, readiness)
        uvloop.run(_until_signal(settings, parts))
    except Exception:
        log.critical("the service cannot go on", exc_info=True)
        return EXIT_FATAL
    log.info("stopped")
    return 0


async def _until_signal(settings: ApiSettings, parts: Parts) -> None:
    stop = asyncio.Event()

    def begin_stop() -> None:
        log.info("stopping")
        stop.set()
        limit = threading.Timer(STOP_SECONDS, _give_up)
        limit.daemon = True
        limit.start()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, begin_stop)
    await run(settings, parts, stop)


def _give_up() -> None:
    log.critical("could not stop in order", limit_seconds=STOP_SECONDS)
    faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
    os._exit(EXIT_FATAL)


if __name__ == "__main__":
    sys.exit(main())
