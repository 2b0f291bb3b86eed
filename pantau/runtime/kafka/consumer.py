"""Consumer without automatic commits, with the time limits that aiokafka's open bugs call for."""

import asyncio
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka.publisher import MAX_MESSAGE_BYTES

log = structlog.get_logger(__name__)


def consumer(
    *topics: str, bootstrap_servers: str, group: str | None, instance: str | None = None, **overrides: Any
) -> AIOKafkaConsumer:
    """A consumer that commits only what it is told to. Without a group it reads on its own."""
    options: dict[str, Any] = {
        "bootstrap_servers": bootstrap_servers,
        "group_id": group,
        "group_instance_id": instance,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "retry_backoff_ms": 500,
        "session_timeout_ms": 15_000,
        "heartbeat_interval_ms": 3_000,
        "max_poll_interval_ms": 300_000,
        "max_partition_fetch_bytes": MAX_MESSAGE_BYTES,
    }
    return AIOKafkaConsumer(*topics, **(options | overrides))


async def start_consumer(reader: AIOKafkaConsumer, timeout_seconds: float = 30.0) -> None:
    """Raises RetryableError while the broker is away."""
    try:
        async with asyncio.timeout(timeout_seconds):  # wait_for would lose a cancellation now and then
            await reader.start()
    except (KafkaError, OSError, TimeoutError) as error:
        await stop_consumer(reader)
        raise RetryableError("Kafka does not answer") from error


async def stop_consumer(reader: AIOKafkaConsumer, timeout_seconds: float = 10.0) -> None:
    """Leave the group; a broker that is away must not keep the process alive."""
    try:
        async with asyncio.timeout(timeout_seconds):
            await reader.stop()
    except (KafkaError, OSError, TimeoutError) as error:
        log.warning("consumer left without goodbye", error=repr(error))
    except asyncio.CancelledError as error:
        # While the broker is away, stop() lets out the cancellation of the fetcher's own requests.
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        log.warning("consumer left without goodbye", error=repr(error))


def end_if_cancelled() -> None:
    """A cancellation that came with a failure may be lost in what failed; the task still knows of it."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
