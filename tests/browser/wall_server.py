"""A small stand-in for the API: the built wall, scripted answers, a stop and a new start."""

from __future__ import annotations

import json
import mimetypes
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import parse_qs, urlsplit

from deploy.local.wall import WALL
from services.api.pages.service import placed
from tests.browser import account_data
from tests.browser import wall_data as data

Query = dict[str, str]
Answer = Callable[[Query], Any]


class Script:
    """What the server answers now; a test changes it while the wall is on."""

    def __init__(self) -> None:
        self.rows = data.score_rows()
        self.month_rows: list[data.Json] = data.score_rows(12)
        self.status: data.Json = {}  # changes to the usual status
        self.scores: data.Json = {}  # changes to the usual scores
        self.month: data.Json = {"status": "provisional"}
        self.pulse: Callable[[], data.Json] = data.pulse
        self.refused: set[str] = set()  # paths that answer 503
        self.hanging: set[str] = set()  # paths that do not answer while they are in here
        self.explanation: Callable[[Query], data.Json | None] = lambda _: account_data.explanation()
        self.metrics: Callable[[Query], data.Json] = lambda _: account_data.metrics()

    def answers(self) -> dict[str, Answer]:
        return {
            "/v1/status": lambda _: self.status_now(),
            "/v1/scores": self.scores_now,
            "/v1/pulse": lambda _: self.pulse(),
        }

    def status_now(self) -> data.Json:
        return data.status(**self.status)

    def scores_now(self, query: Query) -> data.Json:
        if "month" in query:
            return data.scores(self.month_rows, window=None, month=query["month"], **self.month)
        return data.scores(self.rows, window=query.get("window", "24h"), **self.scores)

    def account_now(self, account_id: str) -> data.Json | None:
        return next((data.account(row) for row in self.rows if row["account_id"] == account_id), None)


class WallServer:
    """Context manager; `url` stays the same over stop() and start()."""

    def __init__(self, dist: Path = WALL / "dist", protocol: str = "HTTP/1.0") -> None:
        """HTTP/1.0: one answer a connection, nothing outlives a stop()."""
        self.dist = dist
        self.protocol = protocol
        self.script = Script()
        self.asked: Counter[str] = Counter()
        self.port = 0
        self._streams: set[queue.SimpleQueue[str | None]] = set()
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"{self.origin}/wall"

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        handler = type("Handler", (_Handler,), {"wall": self, "protocol_version": self.protocol})
        self._server = _Server(("127.0.0.1", self.port), handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        self.script.hanging.clear()
        for stream in list(self._streams):
            stream.put(None)

    def emit(self, kind: str, content: Any) -> None:
        message = f"event: {kind}\nid: {self.asked.total()}\ndata: {json.dumps(content)}\n\n"
        for stream in list(self._streams):
            stream.put(message)

    @property
    def listeners(self) -> int:
        return len(self._streams)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


class _Handler(BaseHTTPRequestHandler):
    wall: ClassVar[WallServer]

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the base class's name
        """Quiet: the tests look at what was asked instead."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self.wall.asked[address.path] += 1
        while address.path in self.wall.script.hanging:
            time.sleep(0.05)
        if address.path in self.wall.script.refused:
            self._send(503, b"{}", "application/problem+json")
        elif address.path == "/v1/stream":
            self._stream()
        elif address.path.startswith("/v1/"):
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            self._json(address.path, query)
        else:
            self._file(address.path)

    def _json(self, path: str, query: Query) -> None:
        script = self.wall.script
        if path.startswith("/v1/accounts/") and path.endswith("/explain"):
            content = script.explanation(query)
        elif path.startswith("/v1/accounts/") and path.endswith("/metrics"):
            content = script.metrics(query)
        elif path.startswith("/v1/accounts/"):
            content = script.account_now(path.rpartition("/")[2])
        else:
            answer = script.answers().get(path)
            content = answer(query) if answer else None
        body = json.dumps(content).encode()
        self._send(404 if content is None else 200, body, "application/json")

    def _file(self, path: str) -> None:
        name = path.removeprefix("/wall").strip("/") or "index.html"
        name = "akun.html" if path.startswith("/akun/") else name
        file = (self.wall.dist / name).resolve()
        if not file.is_relative_to(self.wall.dist.resolve()) or not file.is_file():
            self._send(404, b"", "text/plain")
            return
        if file.suffix == ".html":
            page = placed(file.read_text(encoding="utf-8"), "", "")
            self._send(200, page.encode(), "text/html")
            return
        kind = "font/woff2" if file.suffix == ".woff2" else mimetypes.guess_type(file.name)[0]
        self._send(200, file.read_bytes(), kind or "application/octet-stream")

    def _send(self, code: int, body: bytes, kind: str) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")  # its end is that of the connection
        self.end_headers()
        messages: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.wall._streams.add(messages)
        try:
            self._write(f"event: status\ndata: {json.dumps(self.wall.script.status_now())}\n\n")
            while (message := self._next(messages)) is not None:
                self._write(message)
        except OSError:
            pass  # the browser left
        finally:
            self.wall._streams.discard(messages)

    def _next(self, messages: queue.SimpleQueue[str | None]) -> str | None:
        try:
            return messages.get(timeout=2)
        except queue.Empty:
            return f"event: status\ndata: {json.dumps(self.wall.script.status_now())}\n\n"

    def _write(self, message: str) -> None:
        self.wfile.write(message.encode())
        self.wfile.flush()
