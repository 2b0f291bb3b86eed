"""The operations server over real HTTP, and the probe that containers ask it with."""

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter

from deploy.docker import probe
from deploy.local import ports
from pantau.runtime.listening import AddressError
from pantau.runtime.ops import Readiness, serve

Server = tuple[str, Readiness]


@pytest.fixture
def server() -> Iterator[Server]:
    registry = CollectorRegistry()
    Counter("loaves", "Loaves baked.", registry=registry).inc(3)
    readiness = Readiness("oven", "flour")
    port = ports.choose(0)
    stop = serve("127.0.0.1", port, readiness, registry)
    yield f"http://127.0.0.1:{port}", readiness
    stop()
    assert ports.is_free(port)


def test_alive_before_it_is_ready(server: Server) -> None:
    url, readiness = server
    assert httpx.get(f"{url}/healthz").text == "ok\n"
    awaited = httpx.get(f"{url}/readyz")
    assert (awaited.status_code, awaited.text) == (503, "waiting for flour, oven\n")
    readiness.reached("flour")
    assert httpx.get(f"{url}/readyz").text == "waiting for oven\n"
    readiness.reached("oven")
    ready = httpx.get(f"{url}/readyz")
    assert (ready.status_code, ready.text) == (200, "ready\n")


def test_what_is_lost_is_awaited_again(server: Server) -> None:
    url, readiness = server
    for part in ("oven", "flour", "flour"):
        readiness.reached(part)
    readiness.lost("flour")
    assert httpx.get(f"{url}/readyz").status_code == 503


def test_metrics_are_given_in_prometheus_format(server: Server) -> None:
    url, _ = server
    answer = httpx.get(f"{url}/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "loaves_total 3.0" in answer.text


def test_other_paths_say_which_there_are(server: Server) -> None:
    url, _ = server
    answer = httpx.get(f"{url}/admin")
    assert answer.status_code == 404
    assert "/readyz" in answer.text


def test_slow_reader_does_not_hold_up_the_others(server: Server) -> None:
    url, _ = server
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as silent:
        silent.sendall(b"GET /metrics HTTP/1.1\r\n")  # and never goes on
        assert httpx.get(f"{url}/healthz", timeout=5).status_code == 200


def test_taken_port_is_an_error_at_once(server: Server) -> None:
    url, _ = server
    with pytest.raises(
        AddressError, match=r"METRICS_PORT: cannot listen on 127\.0\.0\.1:\d+: Address already"
    ):
        serve("127.0.0.1", int(url.rpartition(":")[2]), Readiness())


def test_readiness_holds_under_threads() -> None:
    readiness = Readiness()
    parts = [f"part {n}" for n in range(50)]
    threads = [threading.Thread(target=readiness.lost, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert readiness.awaited == sorted(parts)


def test_probe_fails_until_ready_and_tells_why(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    url, readiness = server
    assert probe.main(f"{url}/readyz") == 1
    assert capsys.readouterr().out == "waiting for flour, oven\n"
    readiness.reached("oven")
    readiness.reached("flour")
    assert probe.main(f"{url}/readyz") == 0


def test_probe_of_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    assert probe.main(f"http://127.0.0.1:{ports.choose(0)}/readyz") == 1
    assert "refused" in capsys.readouterr().out
