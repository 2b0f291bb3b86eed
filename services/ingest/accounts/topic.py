"""Follows social.accounts from its beginning, so that every ingest process knows the same accounts.

Each process reads everything, and the compacted topic is the only memory. The same connection tells whether
the broker is there; while it is away the service answers 503.
"""

from collections.abc import Sequence

import structlog
from aiokafka import ConsumerRecord

from pantau.contracts import topics
from pantau.contracts.codec import ContractError, decode_account, encode
from pantau.contracts.events import AccountRegistered
from pantau.contracts.registration import Registration, registered
from pantau.runtime.clock import Clock
from pantau.runtime.kafka.publisher import Record
from pantau.runtime.kafka.topic_follower import TopicFollower
from pantau.runtime.ops import Readiness
from services.ingest.accounts.registry import Registry
from services.ingest.delivery import Delivery

log = structlog.get_logger(__name__)


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
        self._registry = registry
        self._delivery = delivery
        self._readiness = readiness
        self._clock = clock
        self._seeds = seeds
        self._follower = TopicFollower(
            bootstrap_servers,
            topics.ACCOUNTS,
            readiness,
            self._take,
            start="earliest",
            caught_up=self._caught_up,
        )

    async def follow(self) -> None:
        """Until cancelled."""
        await self._follower.run()

    async def register(self, events: Sequence[AccountRegistered]) -> None:
        """Publish and, once acknowledged, know. Raises RetryableError."""
        await self._delivery.deliver(
            [Record(topics.ACCOUNTS, event.account_id.encode(), encode(event)) for event in events]
        )
        for event in events:
            self._registry.apply(event)

    async def _caught_up(self) -> None:
        """Add what the accounts file has beyond the topic."""
        now = self._clock()
        missing = [registered(seed, self._registry.get(seed.account_id), now) for seed in self._seeds]
        changes = [event for event in missing if event is not None]
        await self.register(changes)
        self._readiness.reached("accounts")
        log.info("accounts known", accounts=len(self._registry.accounts()), published=len(changes))

    async def _take(self, records: Sequence[ConsumerRecord]) -> None:
        for record in records:
            if record.value is not None:  # a tombstone; accounts are never deleted, only set inactive
                self._apply(record)

    def _apply(self, record: ConsumerRecord) -> None:
        try:
            self._registry.apply(decode_account(record.value))
        except ContractError as error:
            # Not to dead letters: every process reads the topic at every start, and would add one each time.
            log.error(  # noqa: TRY400 - the reason says it all
                "unreadable account skipped",
                partition=record.partition,
                offset=record.offset,
                error=str(error),
            )
