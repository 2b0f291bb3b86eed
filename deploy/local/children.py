"""The processes of the stack: started together, watched, and stopped in reverse order."""

import asyncio
import subprocess
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.text import Text

from deploy.local.errors import LocalStackError
from deploy.local.places import ROOT
from deploy.local.processes import tether
from deploy.local.restarts import MOST, SPAN_SECONDS, Restarts, ended

COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "bright_cyan", "bright_magenta", "bright_green")
LABEL_WIDTH = 10
CHUNK_BYTES = 1 << 16
READY_SECONDS = 180.0
POLL_SECONDS = 0.1


async def at_once() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Program:
    """`layer`: the highest is stopped first, those of one layer together. `ready` is asked after a start."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    folder: Path = ROOT
    layer: int = 0
    grace_seconds: float = 25.0
    ready: Callable[[], Awaitable[bool]] = at_once


@dataclass(slots=True)
class Child:
    program: Program
    process: asyncio.subprocess.Process
    forwarding: asyncio.Task[None]
    stopping: bool = False


@dataclass(slots=True)
class Children:
    console: Console
    logs: Path
    running: list[Child] = field(default_factory=list)
    deaths: asyncio.Queue[Child] = field(default_factory=asyncio.Queue)
    restarts: Restarts = field(default_factory=Restarts)
    watchers: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self, program: Program) -> Child:
        """Call it in the main thread: the child ends with the thread that started it."""
        child = await self.spawn(program)
        self.running.append(child)
        self.watchers.append(asyncio.create_task(self.watch(child)))
        return child

    async def run_to_end(self, program: Program) -> None:
        """A step of the preparation; raises LocalStackError when it fails, ends it when cancelled."""
        child = await self.spawn(program)
        try:
            code = await child.process.wait()
        finally:
            await end(child)
        if code != 0:
            raise LocalStackError(
                f"{program.name} failed with exit code {code}; see {self.log_of(program.name)}."
            )

    async def spawn(self, program: Program) -> Child:
        process = await asyncio.create_subprocess_exec(
            *program.command,
            cwd=program.folder,
            env=program.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=tether(),
        )
        return Child(program, process, asyncio.create_task(self.forward(program.name, process)))

    async def watch(self, child: Child) -> None:
        await child.process.wait()
        if not child.stopping:
            await self.deaths.put(child)

    async def keep(self) -> None:
        """Start again what may be, each as often as `Restarts` says. Raises LocalStackError for the rest."""
        async with asyncio.TaskGroup() as returning:
            while True:
                child = await self.deaths.get()
                returning.create_task(self.start_again(child))

    async def start_again(self, child: Child) -> None:
        """Raises LocalStackError."""
        program, code = child.program, child.process.returncode or 0
        told = ended(program.name, code)
        number = self.restarts.next_of(program.name, code, time.monotonic())
        if number is None:
            raise LocalStackError(f"{told}; see {self.log_of(program.name)}.")
        self.running.remove(child)
        within = f"{number} of {MOST} within {SPAN_SECONDS / 60:.0f} minutes"
        self.console.print(f"[yellow]![/] {told}; started again ({within})", soft_wrap=True)
        again = await self.start(program)
        await self.until_ready(program)
        if again.process.returncode is None:  # otherwise it is another start's to tell
            self.console.print(f"[green]✓[/] {program.name} is back")

    async def until_ready(self, program: Program) -> None:
        """However often it is started meanwhile. Raises LocalStackError when it takes too long."""
        deadline = time.monotonic() + READY_SECONDS
        while not await program.ready():
            if time.monotonic() > deadline:
                raise LocalStackError(
                    f"{program.name} was not ready within {READY_SECONDS:.0f} s; "
                    f"see {self.log_of(program.name)}."
                )
            await asyncio.sleep(POLL_SECONDS)

    async def stop_all(self) -> None:
        for layer in sorted({child.program.layer for child in self.running}, reverse=True):
            together = [child for child in self.running if child.program.layer == layer]
            await asyncio.gather(*(end(child) for child in together))
        for watcher in self.watchers:
            watcher.cancel()
        self.running.clear()

    async def forward(self, name: str, process: asyncio.subprocess.Process) -> None:
        """Each line to the console with its label, and as it is to the child's own file."""
        assert process.stdout is not None
        label = Text(f"{name:<{LABEL_WIDTH}} ", style=COLOURS[hash_of(name) % len(COLOURS)])
        rest = b""
        with self.log_of(name).open("ab", buffering=0) as log:
            while chunk := await process.stdout.read(CHUNK_BYTES):
                with suppress(OSError):  # a full disk: what is not read would hold up the child
                    log.write(chunk)
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self.show(label, line)
            if rest:
                self.show(label, rest)

    def show(self, label: Text, line: bytes) -> None:
        self.console.print(
            label + line.decode(errors="replace").rstrip("\r"), soft_wrap=True, highlight=False
        )

    def log_of(self, name: str) -> Path:
        self.logs.mkdir(parents=True, exist_ok=True)
        return self.logs / f"{name}.log"


def hash_of(name: str) -> int:
    return sum(name.encode())


async def end(child: Child) -> None:
    """SIGTERM, then SIGKILL when its grace is spent."""
    child.stopping = True
    if child.process.returncode is None:
        child.process.terminate()
        try:
            await asyncio.wait_for(child.process.wait(), child.program.grace_seconds)
        except TimeoutError:
            child.process.kill()
            await child.process.wait()
    await child.forwarding
