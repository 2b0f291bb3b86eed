"""Reads topics.yml and makes a broker agree with it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    KafkaConnectionError,
    NoError,
    TopicAlreadyExistsError,
    for_code,
)
from pydantic import BaseModel, ConfigDict, PositiveInt, TypeAdapter

TOPICS_FILE = Path(__file__).with_name("topics.yml")
REQUEST_TIMEOUT_SECONDS = 15.0


class Topic(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    meaning: str
    partitions: PositiveInt
    configs: dict[str, str | int]

    def on_broker(self, replication_factor: int) -> NewTopic:
        return NewTopic(
            self.name,
            self.partitions,
            replication_factor,
            topic_configs={key: str(value) for key, value in self.configs.items()},
        )


def read_topics(path: Path = TOPICS_FILE) -> tuple[Topic, ...]:
    """Raises pydantic.ValidationError when the file is not what this module expects."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return TypeAdapter(tuple[Topic, ...]).validate_python(
        [{"name": name, **entry} for name, entry in entries.items()]
    )


async def create_missing(
    bootstrap_servers: str,
    topics: Sequence[Topic],
    *,
    replication_factor: int = 1,
    start_timeout_seconds: float = 60.0,
) -> list[str]:
    """The names of the topics created; existing ones stay as they are. Raises KafkaError, TimeoutError."""
    async with admin(bootstrap_servers, start_timeout_seconds) as client:
        existing = set(await asyncio.wait_for(client.list_topics(), REQUEST_TIMEOUT_SECONDS))
        missing = [topic for topic in topics if topic.name not in existing]
        if missing:
            request = client.create_topics([topic.on_broker(replication_factor) for topic in missing])
            response = await asyncio.wait_for(request, REQUEST_TIMEOUT_SECONDS)
            raise_refusal(response.topic_errors)
            await asyncio.wait_for(until_led(client, missing), REQUEST_TIMEOUT_SECONDS)
        await asyncio.wait_for(until_groups_work(client), REQUEST_TIMEOUT_SECONDS)
        return [topic.name for topic in missing]


async def until_led(client: AIOKafkaAdminClient, topics: Sequence[Topic]) -> None:
    """A broker acknowledges a new topic before it knows the leaders of its partitions."""
    wanted = {topic.name: topic.partitions for topic in topics}
    while True:
        ready = {
            each["topic"]: sum(1 for partition in each["partitions"] if partition["leader"] >= 0)
            for each in await client.describe_topics()
        }
        if wanted.items() <= ready.items():
            return
        await asyncio.sleep(0.02)


async def until_groups_work(client: AIOKafkaAdminClient) -> None:
    """The first question for a group's coordinator makes a new broker create its topic of offsets."""
    while True:
        try:
            await client.find_coordinator("any group")
        except GroupCoordinatorNotAvailableError:
            await asyncio.sleep(0.05)
        else:
            return


async def delete_existing(bootstrap_servers: str, names: Iterable[str]) -> None:
    """For tests: drop the topics and wait until the broker has forgotten them."""
    limit = REQUEST_TIMEOUT_SECONDS
    async with admin(bootstrap_servers, limit) as client, asyncio.timeout(limit):
        doomed = sorted(set(names) & set(await client.list_topics()))
        if doomed:
            raise_refusal((await client.delete_topics(doomed)).topic_error_codes)
        while set(doomed) & set(await client.list_topics()):  # noqa: ASYNC110  nobody tells us
            await asyncio.sleep(0.02)


@asynccontextmanager
async def admin(bootstrap_servers: str, start_timeout_seconds: float) -> AsyncIterator[AIOKafkaAdminClient]:
    """Retries until the broker answers; raises TimeoutError when it does not in time."""
    async with asyncio.timeout(start_timeout_seconds):
        client = await started_admin(bootstrap_servers)
    try:
        yield client
    finally:
        await asyncio.wait_for(client.close(), REQUEST_TIMEOUT_SECONDS)


async def started_admin(bootstrap_servers: str) -> AIOKafkaAdminClient:
    while True:
        client = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, request_timeout_ms=5_000)
        try:
            await client.start()
        except KafkaConnectionError:
            await client.close()
            await asyncio.sleep(0.2)
        else:
            return client


def raise_refusal(answers: Iterable[Sequence[Any]]) -> None:
    """Raise what aiokafka hands back as (topic, code, message) inside a response."""
    for name, code, *message in answers:
        if code not in (NoError.errno, TopicAlreadyExistsError.errno):
            raise for_code(code)(f"{name}: {message[0] if message else code}")
