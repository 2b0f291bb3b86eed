"""The processes of the stack: started together, watched, and stopped in reverse order."""

import asyncio
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.text import Text

from deploy.local.errors import LocalStackError
from deploy.local.places import ROOT
from deploy.local.processes import tether

COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "bright_cyan", "bright_magenta", "bright_green")
LABEL_WIDTH = 10
CHUNK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Program:
    """`layer`: the highest is stopped first, those of one layer together."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    folder: Path = ROOT
    layer: int = 0
    grace_seconds: float = 25.0


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
    watchers: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self, program: Program) -> None:
        """Call it in the main thread: the child ends with the thread that started it."""
        child = await self.spawn(program)
        self.running.append(child)
        self.watchers.append(asyncio.create_task(self.watch(child)))

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

    async def first_death(self) -> LocalStackError:
        child = await self.deaths.get()
        name, code = child.program.name, child.process.returncode
        return LocalStackError(f"{name} ended by itself with exit code {code}; see {self.log_of(name)}.")

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
        with self.log_of(name).open("ab") as log:
            while chunk := await process.stdout.read(CHUNK_BYTES):
                log.write(chunk)
                log.flush()
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
