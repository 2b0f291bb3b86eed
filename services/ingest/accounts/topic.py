"""Follows social.accounts from its beginning, so that every ingest process knows the same accounts.

Without a consumer group: each process reads everything, and the compacted topic is the only memory. The same
connection tells whether the broker is there. While it is away the service answers 503 and this keeps trying.
"""

import asyncio
import random
from collections.abc import Sequence

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from pantau.contracts import topics
from pantau.contracts.codec import ContractError, decode_account, encode
from pantau.contracts.events import AccountRegistered
from pantau.contracts.registration import Registration, registered
from pantau.runtime.clock import Clock
from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka import Record, consumer, start_consumer, stop_consumer
from pantau.runtime.ops import Readiness
from services.ingest.accounts.registry import Registry
from services.ingest.delivery import Delivery

log = structlog.get_logger(__name__)

PROBE_EVERY_SECONDS = 5.0
PROBE_TIMEOUT_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 3.0


class AccountsTopic:
    def __init__(
        self,
        bootstrap_servers: str,
        *,
        registry: Registry,
        delivery: Delivery,
        readiness: Readiness,
        clock: Clock,
        seeds: Sequence[Registration] = (),
    ) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._registry = registry
        self._delivery = delivery
        self._readiness = readiness
        self._clock = clock
        self._seeds = seeds

    async def follow(self) -> None:
        """Until cancelled."""
        failures = 0
        while True:
            reader = consumer(topics.ACCOUNTS, bootstrap_servers=self._bootstrap_servers, group=None)
            try:
                await start_consumer(reader, timeout_seconds=10)
                await self._catch_up(reader)
                failures = 0
                await self._keep_up(reader)
            except (RetryableError, KafkaError, TimeoutError) as error:
                failures += 1
                self._readiness.lost("kafka")
                log.warning("social.accounts cannot be read", error=str(error) or repr(error))
            finally:
                await stop_consumer(reader, timeout_seconds=5)
            await asyncio.sleep(min(LONGEST_PAUSE_SECONDS, 0.2 * 2**failures) * random.uniform(0.5, 1))  # noqa: S311

    async def register(self, events: Sequence[AccountRegistered]) -> None:
        """Publish and, once acknowledged, know. Raises RetryableError."""
        await self._delivery.deliver(
            [Record(topics.ACCOUNTS, event.account_id.encode(), encode(event)) for event in events]
        )
        for event in events:
            self._registry.apply(event)

    async def _catch_up(self, reader: AIOKafkaConsumer) -> None:
        """Read what is there, then add what the accounts file has beyond it."""
        ends = await self._ends(reader)
        while await self._is_behind(reader, ends):
            await self._read(reader)
        now = self._clock()
        missing = [registered(seed, self._registry.get(seed.account_id), now) for seed in self._seeds]
        changes = [event for event in missing if event is not None]
        await self.register(changes)
        self._readiness.reached("kafka")
        self._readiness.reached("accounts")
        log.info("accounts known", accounts=len(self._registry.accounts()), published=len(changes))

    async def _is_behind(self, reader: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
        async with asyncio.timeout(PROBE_TIMEOUT_SECONDS):
            return any([await reader.position(part) < end for part, end in ends.items()])

    async def _keep_up(self, reader: AIOKafkaConsumer) -> None:
        probe_at = 0.0
        while True:
            await self._read(reader)
            now = asyncio.get_running_loop().time()
            if now >= probe_at:
                await self._ends(reader)
                probe_at = now + PROBE_EVERY_SECONDS

    async def _read(self, reader: AIOKafkaConsumer) -> None:
        async with asyncio.timeout(PROBE_TIMEOUT_SECONDS):
            batches = await reader.getmany(timeout_ms=500)
        for messages in batches.values():
            for message in messages:
                self._apply(message.value, message.partition, message.offset)

    def _apply(self, payload: bytes | None, partition: int, offset: int) -> None:
        if payload is None:  # a tombstone; accounts are never deleted, only set inactive
            return
        try:
            self._registry.apply(decode_account(payload))
        except ContractError as error:
            # Not to dead letters: every process reads the topic at every start, and would add one each time.
            log.error(  # noqa: TRY400 - the reason says it all
                "unreadable account skipped", partition=partition, offset=offset, error=str(error)
            )

    async def _ends(self, reader: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        assigned = reader.assignment()
        if not assigned:
            raise RetryableError("the topic social.accounts does not exist yet")
        ends: dict[TopicPartition, int] = await asyncio.wait_for(
            reader.end_offsets(assigned), PROBE_TIMEOUT_SECONDS
        )
        return ends
