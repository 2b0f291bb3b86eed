"""The service as a process of its own, as it is deployed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from deploy.local import ports, processes
from deploy.local.places import ROOT
from tests.conftest import wait_until_listening
from tests.support.api import KEY

HEADERS = {"Authorization": f"Bearer {KEY}"}


@contextmanager
def process(log: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = (
        os.environ | {"API_HOST": "127.0.0.1", "METRICS_HOST": "127.0.0.1", "API_KEYS": KEY} | settings
    )
    command = [sys.executable, "-m", "services.api"]
    with log.open("wb") as output:
        started = processes.start(command, folder=ROOT, output=output, environment=environment)
        try:
            yield started
        finally:
            processes.stop(started, grace_seconds=0)


def test_it_serves_tells_its_metrics_and_ends_open_streams_in_order(
    clickhouse_database_url: str, topics: str, tmp_path: Path
) -> None:
    chosen = ports.choose_all({"API_PORT": 0, "METRICS_PORT": 0})
    settings = {name: str(port) for name, port in chosen.items()}
    settings |= {"CLICKHOUSE_URL": clickhouse_database_url, "KAFKA_BOOTSTRAP_SERVERS": topics}
    log = tmp_path / "api.log"
    url = f"http://127.0.0.1:{chosen['API_PORT']}"
    ops = f"http://127.0.0.1:{chosen['METRICS_PORT']}"
    with process(log, **settings) as api:
        wait_until_listening(api, chosen["API_PORT"], log)
        while httpx.get(f"{ops}/readyz").status_code != 200:
            assert api.poll() is None
        assert httpx.get(f"{url}/v1/scores", headers=HEADERS, timeout=30).json()["scores"] == []
        with httpx.stream("GET", f"{url}/v1/stream", headers=HEADERS, timeout=30) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "retry: 3000"
            assert metric(ops, "pantau_stream_clients") == 1
            assert metric(ops, "pantau_http_requests_total", route="/v1/scores", status="200") == 1
            api.send_signal(signal.SIGTERM)
            assert "event: score" not in list(lines)  # read to its end, without an error
        assert api.wait(30) == 0
    told = log.read_text()
    assert '"event": "stopped"' in told
    assert "Traceback" not in told
    assert KEY not in told


def metric(ops: str, name: str, **labels: str) -> float:
    families = text_string_to_metric_families(httpx.get(f"{ops}/metrics").text)
    samples = [sample for family in families for sample in family.samples]
    return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())


def test_faults_of_its_settings_and_files_end_it_at_once(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    with process(log, API_PROT="1") as api:
        assert api.wait(60) == 78
    assert "API_PROT: no such setting" in log.read_text()
    with process(log, API_RULES_FILE=str(tmp_path / "none.yaml")) as api:
        assert api.wait(60) == 78
    assert "none.yaml" in log.read_text()
