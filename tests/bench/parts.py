"""A broker and an engine of the benchmark's own, thrown away afterwards."""

import platform
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil

from deploy.local import ports, processes
from deploy.local.clickhouse.launch import command
from deploy.local.kafka import Broker, broker_jars
from deploy.local.places import ROOT

START_SECONDS = 60


@contextmanager
def engine() -> Iterator[str]:
    """`http://default@host:port` of a ClickHouse engine, without a database."""
    with tempfile.TemporaryDirectory(prefix="pantau-bench-") as folder:
        port = ports.choose(0)
        with _running(command(Path(folder) / "data", port), port):
            yield f"http://default@127.0.0.1:{port}"


@contextmanager
def broker() -> Iterator[str]:
    """`host:port` of a Kafka broker without topics."""
    with tempfile.TemporaryDirectory(prefix="pantau-bench-") as folder:
        port, controller_port = ports.choose_all({"broker": 0, "controller": 0}).values()
        kafka = Broker(Path(folder), port, controller_port, broker_jars())
        kafka.prepare()
        with _running(kafka.command(), port):
            yield f"127.0.0.1:{port}"


@contextmanager
def _running(program: list[str], port: int) -> Iterator[None]:
    process = processes.start(program, folder=ROOT, output=subprocess.DEVNULL)
    deadline = time.monotonic() + START_SECONDS
    try:
        while not ports.is_listening(port):
            assert process.poll() is None, f"{program[0]} ended"
            assert time.monotonic() < deadline, f"{program[0]} did not start"
            time.sleep(0.1)
        yield
    finally:
        processes.stop(process, grace_seconds=0)


def machine() -> str:
    """The day, the processor and how busy it is, as a table needs it beside its figures."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.split(": ")[1] for line in lines if line.startswith("model name")]
    model = names[0] if names else platform.processor()
    gib = psutil.virtual_memory().total / 2**30
    load = psutil.getloadavg()[0]
    now = f"{datetime.now(UTC):%F %H:%M} UTC"
    return f"{now}, {model}, {psutil.cpu_count()} CPUs, {gib:.0f} GiB, load {load:.1f}"
