"""`python -m services.ingest`: receive events over HTTP, publish them to Kafka."""

import asyncio
import socket
import sys
from collections.abc import Sequence

import uvloop

from pantau.contracts.registration import Registration
from pantau.runtime import service
from pantau.runtime.accounts_file import load_accounts
from pantau.runtime.clock import utc_now
from pantau.runtime.http_server import serve
from pantau.runtime.kafka.publisher import Publisher
from pantau.runtime.listening import listen
from pantau.runtime.ops import Readiness
from services.ingest.accounts.registry import Registry
from services.ingest.accounts.topic import AccountsTopic
from services.ingest.app import SERVICE, create_app
from services.ingest.delivery import Delivery
from services.ingest.dependencies import Intake
from services.ingest.events.validate import Validator
from services.ingest.settings import IngestSettings
from services.ingest.workers import Workers

GRACE_SECONDS = 15


def main() -> int:
    """The exit status: 0 after a signal, 70 when it cannot go on, 78 for bad settings or accounts."""
    settings = service.configured(SERVICE, IngestSettings)
    readiness = Readiness("kafka", "accounts")
    with service.refusing():
        seeds = load_accounts(settings.accounts_file)
        listener = listen(settings.host, settings.port, "INGEST_HOST and INGEST_PORT")
    return service.run(
        settings, readiness, lambda stop: run(settings, seeds, readiness, listener, stop), runner=uvloop.run
    )


async def run(
    settings: IngestSettings,
    seeds: Sequence[Registration],
    readiness: Readiness,
    listener: socket.socket,
    stop: asyncio.Event,
) -> None:
    """Follow the accounts while requests are served; afterwards let Kafka finish what it was given."""
    publisher = Publisher(settings.kafka_bootstrap_servers, settings.publish_timeout_seconds)
    delivery = Delivery(publisher, settings.publish_timeout_seconds, settings.max_requests_in_flight)
    registry = Registry()
    topic = AccountsTopic(
        settings.kafka_bootstrap_servers,
        registry=registry,
        delivery=delivery,
        readiness=readiness,
        clock=utc_now,
        seeds=seeds,
    )
    workers = Workers()
    intake = Intake(
        api_keys=settings.api_keys,
        max_body_bytes=settings.max_body_bytes,
        read_timeout_seconds=settings.read_timeout_seconds,
        registry=registry,
        register=topic.register,
        delivery=delivery,
        validator=Validator(registry.__contains__, settings.pseudonym_key.get_secret_value().encode()),
        workers=workers,
        readiness=readiness,
        clock=utc_now,
    )
    try:
        await serve(create_app(intake), listener, GRACE_SECONDS, stop, topic.follow())
        await delivery.drained()
    finally:
        await publisher.stop()
        workers.close()


if __name__ == "__main__":
    sys.exit(main())
