"""`make run`: Kafka, ClickHouse, the services and the demo feed, on this machine alone."""

import asyncio
import fcntl
import os
import shutil
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from aiokafka.errors import KafkaError
from clickhouse_connect.driver.exceptions import OperationalError
from rich.console import Console
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from deploy.clickhouse.migrate import migrate
from deploy.kafka.topics import create_missing, read_topics
from deploy.local import ports
from deploy.local.children import READY_SECONDS, Children, Program
from deploy.local.clickhouse.launch import command as clickhouse_command
from deploy.local.errors import LocalStackError
from deploy.local.kafka import Broker
from deploy.local.keys import write_private
from deploy.local.places import MIGRATIONS
from deploy.local.plan import SERVICES, Plan
from deploy.local.wall import build_steps
from pantau.runtime.errors import RetryableError

AWAY = (KafkaError, OperationalError, RetryableError, OSError)
STORAGE, SERVICE, FEED = 1, 2, 3  # layers: the highest is stopped first


@dataclass(frozen=True, slots=True)
class Stack:
    console: Console
    state: Path
    plan: Plan
    jars: list[Path]
    feed: bool

    async def run(self, announce: Callable[[], None]) -> None:
        """Until SIGINT or SIGTERM; raises LocalStackError when a part fails. Leaves no process behind.

        A part that was killed or could not go on is started again, a few times.
        """
        shutil.rmtree(self.state / "logs", ignore_errors=True)  # each run has its own
        (self.state / "stack.json").unlink(missing_ok=True)  # of a run that was killed
        children = Children(self.console, self.state / "logs")
        stopped = asyncio.create_task(asked_to_stop())
        kept = asyncio.create_task(children.keep())
        up = asyncio.create_task(self.bring_up(children))
        try:
            done, _ = await asyncio.wait({up, stopped, kept}, return_when=asyncio.FIRST_COMPLETED)
            if up in done:
                up.result()
                announce()
                done, _ = await asyncio.wait({stopped, kept}, return_when=asyncio.FIRST_COMPLETED)
            if kept in done:
                kept.result()
        finally:
            (self.state / "stack.json").unlink(missing_ok=True)
            self.console.print("[dim]·[/] stopping")
            for task in (up, stopped, kept):
                task.cancel()
            await asyncio.gather(up, stopped, kept, return_exceptions=True)
            await children.stop_all()

    async def bring_up(self, children: Children) -> None:
        async with asyncio.TaskGroup() as storage:
            storage.create_task(self.kafka(children))
            storage.create_task(self.clickhouse(children))
            storage.create_task(self.wall(children))
        async with asyncio.TaskGroup() as services:
            for name in SERVICES:
                services.create_task(self.service(name, children))
        if self.feed:
            command = [sys.executable, "-m", "services.connectors.demo"]
            await children.start(Program("demo", command, self.plan.of_feed(os.environ), layer=FEED))
        write_private(self.state / "stack.json", self.plan.for_tools())

    async def kafka(self, children: Children) -> None:
        with self.step("kafka"):
            port, controller_port = self.plan.ports["kafka"], self.plan.ports["kafka controller"]
            broker = Broker(self.state / "kafka", port, controller_port, self.jars)
            await asyncio.to_thread(broker.prepare)
            program = Program("kafka", broker.command(), layer=STORAGE, ready=listening(port))
            await children.start(program)
            await children.until_ready(program)
            await persistently("Kafka's topics", lambda: create_missing(self.plan.kafka, read_topics()))

    async def clickhouse(self, children: Children) -> None:
        with self.step("clickhouse"):
            port = self.plan.ports["clickhouse"]
            command = clickhouse_command(self.state / "clickhouse", port)
            program = Program("clickhouse", command, layer=STORAGE, ready=listening(port))
            await children.start(program)
            await children.until_ready(program)
            await persistently("migrations", lambda: migrate(self.plan.clickhouse, MIGRATIONS))

    async def wall(self, children: Children) -> None:
        for step in build_steps():
            with self.step(step.name):
                await children.run_to_end(step)

    async def service(self, name: str, children: Children) -> None:
        with self.step(name):
            environment = self.plan.of_service(name, os.environ)
            if name == "scoring":  # else it refuses buckets of other counting rules
                command = [sys.executable, "-m", "services.scoring.rebuild", "--if-needed"]
                await children.run_to_end(Program("rebuild", command, environment))
            command = [sys.executable, "-m", f"services.{name}"]
            ready = answering(f"{self.plan.operations(name)}/readyz")
            program = Program(name, command, environment, layer=SERVICE, ready=ready)
            await children.start(program)
            await children.until_ready(program)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        self.console.print(f"[dim]·[/] {name} …")
        yield
        self.console.print(f"[green]✓[/] {name} [dim]{time.monotonic() - started:.1f} s[/]")


@contextmanager
def only_one(state: Path) -> Iterator[None]:
    """Raises LocalStackError when another run has this checkout; however that one ends, it frees it."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "run.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise LocalStackError(
                f"The stack of this checkout is already running (process {lock.read().strip()}); "
                "stop it with Ctrl-C there first."
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


async def persistently(what: str, attempt: Callable[[], Awaitable[object]]) -> None:
    """Again while its part is away, such as being started again. Raises LocalStackError."""
    retry = AsyncRetrying(
        retry=retry_if_exception_type(AWAY),
        wait=wait_fixed(1),
        stop=stop_after_delay(READY_SECONDS),
        reraise=True,
    )

    async def once() -> None:  # a lambda would hand tenacity a coroutine that nobody awaits
        await attempt()

    try:
        await retry(once)
    except AWAY as error:
        raise LocalStackError(f"{what}: {error!r}") from error


async def asked_to_stop() -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, asked.set)
    await asked.wait()


def listening(port: int) -> Callable[[], Awaitable[bool]]:
    async def condition() -> bool:
        return ports.is_listening(port)

    return condition


def answering(url: str) -> Callable[[], Awaitable[bool]]:
    async def condition() -> bool:
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                return (await client.get(url)).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    return condition
