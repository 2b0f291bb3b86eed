"""A small reverse proxy: several upstreams in turn, a prefix taken off, cookies dropped."""

from __future__ import annotations

import http.client
import itertools
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self

HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


class Front:
    """`upstreams`: ports of this machine. `answers` counts (port, status), `asked` counts paths."""

    def __init__(self, upstreams: Sequence[int], *, strip: str = "", cookies: bool = True) -> None:
        self.turn: Iterator[int] = itertools.cycle(upstreams)
        self.strip = strip
        self.cookies = cookies
        self.answers: Counter[tuple[int, int]] = Counter()
        self.asked: Counter[str] = Counter()
        handler = type("Handler", (_Handler,), {"front": self})
        self._server = _Server(("127.0.0.1", 0), handler)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def refused(self) -> int:
        return sum(count for (_, status), count in self.answers.items() if status == 401)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


class _Handler(BaseHTTPRequestHandler):
    front: ClassVar[Front]

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the base class's name
        """Quiet."""

    def do_GET(self) -> None:
        self.front.asked[self.path.partition("?")[0]] += 1
        if not self.path.startswith(self.front.strip):
            self.send_error(404)
            return
        port = next(self.front.turn)
        upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            upstream.request("GET", self.path.removeprefix(self.front.strip), headers=dict(self.headers))
            self._pass_on(upstream.getresponse(), port)
        except (OSError, http.client.HTTPException):
            pass  # one of both ends left
        finally:
            upstream.close()

    def _pass_on(self, answer: http.client.HTTPResponse, port: int) -> None:
        self.front.answers[port, answer.status] += 1
        self.send_response_only(answer.status)
        dropped = HOP_BY_HOP if self.front.cookies else HOP_BY_HOP | {"set-cookie"}
        for name, value in answer.getheaders():
            if name.lower() not in dropped:
                self.send_header(name, value)
        self.end_headers()
        while piece := answer.read1(65_536):
            self.wfile.write(piece)
            self.wfile.flush()
