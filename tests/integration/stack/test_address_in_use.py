"""An address that another program has: one sentence, from every process that listens."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import ports
from deploy.local.clickhouse.launch import command as clickhouse_command
from deploy.local.places import ROOT
from pantau.runtime.listening import AddressError, listen
from pantau.runtime.settings import EXIT_CONFIGURATION
from tests.support.processes import Service

SECRETS = {
    "ingest": {"INGEST_API_KEYS": "a-key-for-tests-only", "INGEST_PSEUDONYM_KEY": "p" * 32},
    "api": {"API_KEYS": "a-key-for-tests-only"},
}
REMEDY = "Address already in use. Stop what has it, or give another."


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((ports.LOOPBACK, 0)) as listener:
        yield listener.getsockname()[1]


def told_by(name: str, folder: Path, **settings: str) -> tuple[int, str]:
    """Exit status and output of a service that cannot start."""
    service = Service(name, SECRETS.get(name, {}), folder / "log")
    service.environment |= settings
    service.start()
    try:
        return service.process.wait(60), service.tail()
    finally:
        service.stop()


@pytest.mark.parametrize("name", ["ingest", "api"])
def test_address_of_http_names_its_settings(name: str, taken: int, tmp_path: Path) -> None:
    prefix = name.upper()
    settings = {f"{prefix}_HOST": ports.LOOPBACK, f"{prefix}_PORT": str(taken)}
    status, told = told_by(name, tmp_path, **settings)
    assert status == EXIT_CONFIGURATION
    assert f"{prefix}_HOST and {prefix}_PORT: cannot listen on 127.0.0.1:{taken}: {REMEDY}" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("name", ["ingest", "sentiment", "scoring", "api"])
def test_address_of_operations_names_its_settings(name: str, taken: int, tmp_path: Path) -> None:
    free = {f"{name.upper()}_PORT": str(ports.choose(0))} if name in SECRETS else {}
    status, told = told_by(name, tmp_path, METRICS_PORT=str(taken), **free)
    assert status == EXIT_CONFIGURATION
    assert f"METRICS_HOST and METRICS_PORT: cannot listen on 127.0.0.1:{taken}: {REMEDY}" in told
    assert "Traceback" not in told


def test_address_of_the_local_engine_names_its_option(taken: int, tmp_path: Path) -> None:
    command = clickhouse_command(tmp_path / "data", taken)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == EXIT_CONFIGURATION
    assert f"--port: cannot listen on 127.0.0.1:{taken}: {REMEDY}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("host", "cause"),
    [
        ("192.0.2.1", "Cannot assign requested address"),
        ("no-such-host.invalid", "(Name or service not known|Temporary failure in name resolution)"),
    ],
)
def test_host_that_is_not_this_machine_is_told_too(host: str, cause: str) -> None:
    with pytest.raises(AddressError, match=rf"API_HOST: cannot listen on {host}:8000: {cause}"):
        listen(host, 8000, "API_HOST")
