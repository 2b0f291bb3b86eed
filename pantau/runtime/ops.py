"""The operations server of every service: /metrics, /healthz and /readyz on a port of its own.

It runs in a daemon thread: a blocked event loop must not silence the signals that would show it.
"""

import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import REGISTRY, CollectorRegistry, make_wsgi_app

from pantau.runtime.listening import told

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Readiness:
    """What still stands between the process and useful work; empty means ready."""

    def __init__(self, *awaited: str) -> None:
        self._awaited = set(awaited)
        self._lock = threading.Lock()

    def reached(self, what: str) -> None:
        with self._lock:
            self._awaited.discard(what)

    def lost(self, what: str) -> None:
        with self._lock:
            self._awaited.add(what)

    @property
    def awaited(self) -> list[str]:
        with self._lock:
            return sorted(self._awaited)


class _ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        """Probes every few seconds are no news."""


def serve(
    host: str, port: int, readiness: Readiness, registry: CollectorRegistry = REGISTRY
) -> Callable[[], None]:
    """Start the server and return what stops it. Raises AddressError when its address is not to be had."""
    metrics = make_wsgi_app(registry)

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        match environ.get("PATH_INFO"):
            case "/metrics":
                body: Iterable[bytes] = metrics(environ, start_response)
                return body
            case "/healthz":
                return _answer(start_response, "200 OK", "ok")
            case "/readyz":
                awaited = readiness.awaited
                if awaited:
                    return _answer(
                        start_response, "503 Service Unavailable", f"waiting for {', '.join(awaited)}"
                    )
                return _answer(start_response, "200 OK", "ready")
            case _:
                return _answer(start_response, "404 Not Found", "/metrics, /healthz or /readyz")

    with told(host, port, "METRICS_HOST and METRICS_PORT"):
        server = make_server(host, port, application, _ThreadingServer, _QuietHandler)
    threading.Thread(target=server.serve_forever, name="ops-server", daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return stop


def _answer(start_response: StartResponse, status: str, text: str) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [f"{text}\n".encode()]
