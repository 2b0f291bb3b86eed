"""The letters on Kafka and the decisions beside them; nothing is ever deleted here."""

import asyncio
from collections.abc import Sequence

from aiokafka.errors import KafkaError

from pantau.contracts import topics
from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka.consumer import consumer, start_consumer, stop_consumer
from pantau.runtime.kafka.publisher import Publisher, Record
from services.ingest.deadletters.letters import Letter, Place, Stored, letters

START_SECONDS = 10
READ_SECONDS = 300
SENT_TOGETHER = 100


async def read(bootstrap_servers: str) -> tuple[list[Letter], list[Place]]:
    """All letters, newest first, and the places of records that are none. Raises RetryableError."""
    await _check(bootstrap_servers, {topics.DEAD_LETTERS, topics.DEAD_LETTER_DECISIONS})
    stored, decisions = await asyncio.gather(
        _everything(bootstrap_servers, topics.DEAD_LETTERS),
        _everything(bootstrap_servers, topics.DEAD_LETTER_DECISIONS),
    )
    return letters(stored, decisions)


async def send(bootstrap_servers: str, groups: Sequence[Sequence[Record]]) -> int:
    """How many groups were acknowledged: less than all when Kafka fails.

    Of each group the second goes once the first is acknowledged: nothing is noted that was not done.
    """
    publisher = Publisher(bootstrap_servers)
    try:
        for start in range(0, len(groups), SENT_TOGETHER):
            some = groups[start : start + SENT_TOGETHER]
            try:
                for step in zip(*some, strict=True):
                    await publisher.publish(step)
            except RetryableError:
                return start
        return len(groups)
    finally:
        await publisher.stop()


async def _check(bootstrap_servers: str, wanted: set[str]) -> None:
    """A reader of a topic that is not there would wait for it. Raises RetryableError."""
    asking = consumer(bootstrap_servers=bootstrap_servers, group=None)
    try:
        await start_consumer(asking, START_SECONDS)
    except RetryableError as error:
        raise RetryableError(f"Kafka at {bootstrap_servers} does not answer") from error
    try:
        missing = wanted - await asyncio.wait_for(asking.topics(), START_SECONDS)
    except (KafkaError, TimeoutError) as error:
        raise RetryableError("Kafka does not tell its topics") from error
    finally:
        await stop_consumer(asking)
    if missing:
        names = ", ".join(sorted(missing))
        raise RetryableError(f"{names} does not exist yet; python -m deploy.kafka creates what is missing")


async def _everything(bootstrap_servers: str, topic: str) -> list[Stored]:
    reader = consumer(topic, bootstrap_servers=bootstrap_servers, group=None)
    await start_consumer(reader, START_SECONDS)
    found: list[Stored] = []
    try:
        async with asyncio.timeout(READ_SECONDS):
            ends = await reader.end_offsets(reader.assignment())
            while any([await reader.position(part) < end for part, end in ends.items()]):
                for batch in (await reader.getmany(timeout_ms=1_000)).values():
                    found += [((r.partition, r.offset), r.value) for r in batch if r.value is not None]
    except (KafkaError, TimeoutError) as error:
        raise RetryableError(f"{topic} could not be read to its end: {error!r}") from error
    finally:
        await stop_consumer(reader)
    return found
