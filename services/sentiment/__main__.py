"""`python -m services.sentiment`: labels comments until it is told to stop."""

import asyncio
import sys

import structlog

from pantau.runtime import logs, ops
from pantau.runtime.errors import EXIT_FATAL
from pantau.runtime.listening import AddressError
from pantau.runtime.ops import Readiness
from pantau.runtime.settings import EXIT_CONFIGURATION, load, refusal
from pantau.runtime.stopping import until_signal
from pantau.runtime.watchdog import Progress, watch
from services.sentiment.errors import ModelError
from services.sentiment.inference.labels import UnknownLabelsError
from services.sentiment.settings import SentimentSettings
from services.sentiment.worker.app import LoadLabeller, run
from services.sentiment.worker.labelling import Labeller

log = structlog.get_logger(__name__)


def load_model(folder_or_hub_id: str, threads: int) -> Labeller:
    # Takes seconds to import; /healthz and /readyz answer meanwhile.
    from services.sentiment.inference import loading  # noqa: PLC0415

    return loading.load_labeller(folder_or_hub_id, threads)


def main(load_labeller: LoadLabeller = load_model) -> int:
    """The exit status: 0 after SIGTERM or SIGINT, 70 when it cannot go on, 78 with a model it cannot use."""
    settings = load(SentimentSettings)
    logs.configure("sentiment", settings.log_level, settings.log_format)
    readiness = Readiness("model", "kafka")
    progress = Progress()
    try:
        ops.serve(settings.metrics_host, settings.metrics_port, readiness)
        watch(progress, settings.stall_seconds)
        asyncio.run(until_signal(lambda stop: run(settings, load_labeller, readiness, progress, stop)))
    except AddressError as error:
        raise refusal([str(error)]) from error
    except (ModelError, UnknownLabelsError) as error:
        sys.stderr.write(f"SENTIMENT_MODEL refused, nothing was started:\n  {error}\n")
        return EXIT_CONFIGURATION
    except Exception:
        log.critical("the service cannot go on", exc_info=True)
        return EXIT_FATAL
    log.info("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
