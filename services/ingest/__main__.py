"""`python -m services.ingest`: receive events over HTTP, publish them to Kafka."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import structlog
import uvicorn
from fastapi import FastAPI

from pantau.contracts.registration import Registration
from pantau.runtime import logs, ops
from pantau.runtime.accounts_file import AccountsFileError, load_accounts
from pantau.runtime.clock import utc_now
from pantau.runtime.errors import EXIT_FATAL
from pantau.runtime.kafka import Publisher
from pantau.runtime.listening import AddressError, listen
from pantau.runtime.loop_lag import follow_event_loop
from pantau.runtime.settings import EXIT_CONFIGURATION, load, refusal
from services.ingest.accounts.registry import Registry
from services.ingest.accounts.topic import AccountsTopic
from services.ingest.app import SERVICE, Lifespan, create_app
from services.ingest.delivery import Delivery
from services.ingest.dependencies import Intake
from services.ingest.events.validate import Judge
from services.ingest.settings import IngestSettings
from services.ingest.workers import Workers

log = structlog.get_logger(__name__)

GRACE_SECONDS = 15


def main() -> int:
    settings = load(IngestSettings)
    logs.configure(SERVICE, settings.log_level, settings.log_format)
    try:
        seeds = load_accounts(settings.accounts_file)
    except AccountsFileError as error:
        sys.stderr.write(f"Configuration refused, nothing was started:\n{error}\n")
        return EXIT_CONFIGURATION
    readiness = ops.Readiness("kafka", "accounts")
    try:
        listener = listen(settings.host, settings.port, "INGEST_HOST and INGEST_PORT")
        stop_ops = ops.serve(settings.metrics_host, settings.metrics_port, readiness)
    except AddressError as error:
        raise refusal([str(error)]) from error
    # uvicorn raises the signal again after its own orderly end; this makes that end a success.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    try:
        return _serve(settings, seeds, readiness, listener)
    finally:
        stop_ops()


def _serve(
    settings: IngestSettings,
    seeds: Sequence[Registration],
    readiness: ops.Readiness,
    listener: socket.socket,
) -> int:
    publisher = Publisher(settings.kafka_bootstrap_servers, settings.publish_timeout_seconds)
    delivery = Delivery(publisher, settings.publish_timeout_seconds, settings.max_requests_in_flight)
    registry = Registry()
    workers = Workers()
    topic = AccountsTopic(
        settings.kafka_bootstrap_servers,
        registry=registry,
        delivery=delivery,
        readiness=readiness,
        clock=utc_now,
        seeds=seeds,
    )
    intake = Intake(
        api_keys=settings.api_keys,
        max_body_bytes=settings.max_body_bytes,
        read_timeout_seconds=settings.read_timeout_seconds,
        registry=registry,
        register=topic.register,
        delivery=delivery,
        judge=Judge(registry.__contains__, settings.pseudonym_key.get_secret_value().encode()),
        workers=workers,
        readiness=readiness,
        clock=utc_now,
    )
    try:
        return _run(listener, intake, topic, publisher)
    finally:
        workers.close()


def _run(listener: socket.socket, intake: Intake, topic: AccountsTopic, publisher: Publisher) -> int:
    broken: list[BaseException] = []

    def give_up(error: BaseException) -> None:
        broken.append(error)
        server.should_exit = True

    config = uvicorn.Config(
        create_app(intake, lifespan(topic, intake.delivery, publisher, give_up)),
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
    )
    server = uvicorn.Server(config)
    server.run(sockets=[listener])
    return EXIT_FATAL if broken or not server.started else 0


def lifespan(
    topic: AccountsTopic,
    delivery: Delivery,
    publisher: Publisher,
    give_up: Callable[[BaseException], None],
) -> Lifespan:
    """Follow the accounts while requests are served; afterwards let Kafka finish what it was given."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        following = asyncio.create_task(topic.follow())
        measuring = asyncio.create_task(follow_event_loop())

        def ended(task: asyncio.Task[None]) -> None:
            error = None if task.cancelled() else task.exception()
            if error is not None:
                log.critical("the registry is followed no more", exc_info=error)
                give_up(error)

        following.add_done_callback(ended)
        yield
        for task in (following, measuring):
            task.cancel()
        await asyncio.wait({following, measuring})
        await delivery.drained()
        await publisher.stop()
        log.info("stopped")

    return running


if __name__ == "__main__":
    sys.exit(main())
