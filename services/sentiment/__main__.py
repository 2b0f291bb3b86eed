"""`python -m services.sentiment`: labels comments until it is told to stop."""

import sys

from pantau.runtime import service
from pantau.runtime.errors import ConfigurationError
from pantau.runtime.ops import Readiness
from pantau.runtime.watchdog import Progress
from services.sentiment.errors import ModelError
from services.sentiment.inference.labels import UnknownLabelsError
from services.sentiment.settings import SentimentSettings
from services.sentiment.worker.app import LoadLabeller, run
from services.sentiment.worker.labelling import Labeller


def load_model(folder_or_hub_id: str, threads: int) -> Labeller:
    # Takes seconds to import; /healthz and /readyz answer meanwhile.
    from services.sentiment.inference import loading  # noqa: PLC0415

    try:
        return loading.load_labeller(folder_or_hub_id, threads)
    except (ModelError, UnknownLabelsError) as error:
        raise ConfigurationError(f"SENTIMENT_MODEL: {error}") from error


def main(load_labeller: LoadLabeller = load_model) -> int:
    """The exit status: 0 after SIGTERM or SIGINT, 70 when it cannot go on, 78 with a model it cannot use."""
    settings = service.configured("sentiment", SentimentSettings)
    readiness = Readiness("model", "kafka")
    progress = Progress()
    return service.run(
        settings,
        readiness,
        lambda stop: run(settings, load_labeller, readiness, progress, stop),
        progress=progress,
        stall_seconds=settings.stall_seconds,
    )


if __name__ == "__main__":
    sys.exit(main())
