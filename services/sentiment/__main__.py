"""`python -m services.sentiment`: labels comments until it is told to stop."""

import asyncio
import faulthandler
import os
import signal
import sys
import threading

import structlog

from services.runtime import logs, ops
from services.runtime.errors import EXIT_FATAL
from services.runtime.ops import Readiness
from services.runtime.settings import load
from services.runtime.watchdog import Progress, watch
from services.sentiment.app import LoadLabeller, run
from services.sentiment.labelling import Labeller
from services.sentiment.settings import SentimentSettings

log = structlog.get_logger(__name__)

# An orchestrator sends SIGKILL after 30 s; what is unfinished by then is not committed and will be replayed.
STOP_SECONDS = 22.0


def load_model(folder_or_hub_id: str, threads: int) -> Labeller:
    # Takes seconds to import; /healthz and /readyz answer meanwhile.
    from services.sentiment import model  # noqa: PLC0415

    return model.Labeller.load(folder_or_hub_id, threads)


def main(load_labeller: LoadLabeller = load_model) -> int:
    """The exit status: 0 after SIGTERM or SIGINT, 70 when the service could not go on."""
    settings = load(SentimentSettings)
    logs.configure("sentiment", settings.log_level, settings.log_format)
    readiness = Readiness("model", "kafka")
    progress = Progress()
    try:
        ops.serve(settings.metrics_host, settings.metrics_port, readiness)
        watch(progress, settings.stall_seconds)
        asyncio.run(_until_signal(settings, load_labeller, readiness, progress))
    except Exception:
        log.critical("the service cannot go on", exc_info=True)
        return EXIT_FATAL
    log.info("stopped")
    return 0


async def _until_signal(
    settings: SentimentSettings, load_labeller: LoadLabeller, readiness: Readiness, progress: Progress
) -> None:
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
    await run(settings, load_labeller, readiness, progress, stop)


def _give_up() -> None:
    log.critical("could not stop in order", limit_seconds=STOP_SECONDS)
    faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
    os._exit(EXIT_FATAL)


if __name__ == "__main__":
    sys.exit(main())
