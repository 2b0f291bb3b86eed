"""Idempotent producer of acknowledged records, with the time limits that aiokafka's open bugs call for.

`send_and_wait` and `stop` wait for ever while the broker is away (aiokafka #1101), so every await here has
a limit. An idempotent producer that lost its sequence never recovers (aiokafka #1017), so it is replaced.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError, RequestTimedOutError

from pantau.runtime.errors import RetryableError

log = structlog.get_logger(__name__)

MAX_MESSAGE_BYTES = 4 * 1024 * 1024
# The producer goes on trying after these by itself; any other error may have cost it its sequence.
_PASSING = (KafkaConnectionError, KafkaTimeoutError, RequestTimedOutError)


@dataclass(frozen=True, slots=True)
class Record:
    topic: str
    key: bytes | None
    value: bytes


# What `Publisher.publish` is to those that it is handed to.
Publish = Callable[[Sequence[Record]], Awaitable[None]]


class Publisher:
    """Publishes records and returns once the broker has acknowledged all of them."""

    def __init__(self, bootstrap_servers: str, timeout_seconds: float = 10.0) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._timeout_seconds = timeout_seconds
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Connect. Raises RetryableError while the broker is away."""
        async with self._starting:
            if self._producer is not None:
                return
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap_servers,
                enable_idempotence=True,
                acks="all",
                linger_ms=5,
                max_batch_size=131_072,
                max_request_size=MAX_MESSAGE_BYTES,
                compression_type="lz4",
                retry_backoff_ms=500,
                request_timeout_ms=int(self._timeout_seconds * 1000),
            )
            try:
                await asyncio.wait_for(producer.start(), self._timeout_seconds)
            except (KafkaError, OSError, TimeoutError) as error:
                await _discard(producer)
                raise RetryableError(f"Kafka at {self._bootstrap_servers} does not answer") from error
            self._producer = producer

    async def publish(self, records: Sequence[Record]) -> None:
        """Raises RetryableError when not all records were acknowledged in time; some may have been."""
        await self.start()
        producer = self._producer
        if producer is None:
            raise RetryableError("the producer was closed")
        try:
            async with asyncio.timeout(self._timeout_seconds):
                pending = [await producer.send(r.topic, r.value, key=r.key) for r in records]
                await asyncio.gather(*pending)
        except (TimeoutError, *_PASSING) as error:
            raise RetryableError("Kafka did not acknowledge in time") from error
        except KafkaError as error:
            log.warning("producer replaced after an error", error=repr(error))
            self._producer = None
            await _discard(producer)
            raise RetryableError(f"Kafka refused: {error!r}") from error

    async def stop(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await _discard(producer)


async def _discard(producer: AIOKafkaProducer) -> None:
    try:
        await asyncio.wait_for(producer.stop(), 5)
    except (KafkaError, OSError, TimeoutError):
        # aiokafka #1101: stop() waits for undeliverable batches; end its task and sockets ourselves.
        sender = producer._sender  # noqa: SLF001
        if sender is not None and sender.sender_task is not None:
            sender.sender_task.cancel()
        await producer.client.close()
