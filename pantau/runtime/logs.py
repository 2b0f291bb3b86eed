"""Structured logs: one JSON object a line on stdout, or coloured lines for people."""

import logging
import sys
import time
from collections.abc import Callable
from typing import Literal

import structlog

SILENCE_SECONDS = 10
MOST_COMPLAINTS = 1000


class Sparing(logging.Filter):
    """Lets a library's complaint through once in ten seconds: aiokafka repeats them at every retry."""

    def __init__(self, *libraries: str, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._libraries = libraries
        self._now = now
        self._said_at: dict[tuple[str, object], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(self._libraries):
            return True
        complaint = (record.name, record.msg)
        if self._now() - self._said_at.get(complaint, -SILENCE_SECONDS) < SILENCE_SECONDS:
            return False
        if len(self._said_at) > MOST_COMPLAINTS:
            self._said_at.clear()
        self._said_at[complaint] = self._now()
        return True


def configure(service: str, level: str, style: Literal["json", "console"]) -> None:
    """Route structlog and the standard logger through the same renderer."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderers: list[structlog.types.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if style == "json"
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stdout.isatty(),
                exception_formatter=structlog.dev.plain_traceback,  # rich ones print local variables
            )
        ]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    handler.addFilter(Sparing("aiokafka", "faust", "mode"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Chatty at INFO about every request and rebalance; their warnings still pass.
    for noisy in ("httpx", "aiokafka", "faust", "mode", "uvicorn.access", "clickhouse_connect"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    structlog.contextvars.bind_contextvars(service=service)
