"""Refusals as a browser shows them: a small page in Bahasa Indonesia that tries again by itself."""

from base64 import b64encode
from collections.abc import Awaitable, Callable
from hashlib import sha256
from html import escape
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import WebSocketRequestValidationError

from pantau.runtime.http import Problem
from services.api.http.serving import Serving
from services.api.pages.service import NOT_BUILT

AGAIN_SECONDS = 15
_WORDS = {
    401: "Halaman ini tidak terbuka untuk umum, dan peramban ini tidak membawa kuncinya. "
    "Buka lewat alamat dari pengelola.",
    404: "Tidak ada halaman di alamat ini. Periksa alamatnya.",
    422: "Alamat ini tidak dapat dibaca. Periksa alamatnya.",
    500: "Server mengalami kesalahan. Rinciannya ada di catatan (log) server.",
    503: "Server belum siap menampilkan halaman ini.",
}
_NOT_BUILT_WORDS = (
    "Halaman belum dibangun di server ini. Pengelola: jalankan make prepare, atau bangun ulang image api."
)
_OTHER = "Server menolak permintaan ini."
_STYLE = (
    "html{color-scheme:dark;background:#060a13;color:#f3f7ff;font:500 22px/1.5 sans-serif}"
    "body{max-width:34em;margin:14vh auto 0;padding:0 1.2em}h1{font-size:1.6em;line-height:1.2}"
    "p{margin:.8em 0}.kecil{color:#b3c0d8;font-size:.8em}a{color:#9cc8ff}"
)
_STYLE_SOURCE = f"'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
_PAGE = """\
<!doctype html>
<html lang="id">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{seconds}">
<title>Pantau · {title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
<p>{words}</p>
<p>Halaman ini mencoba lagi setiap {seconds} detik.</p>
<p class="kecil">Pantau · kode {status} · <a href="{wall}">buka dinding utama</a></p>
</body>
</html>
"""
Handler = Callable[[Request, Any], Awaitable[Response]]


def install_error_pages(app: FastAPI, serving: Serving) -> None:
    """Around the handlers that are there: programs get their problem documents as before."""
    for kind, handler in list(app.exception_handlers.items()):
        if kind is not WebSocketRequestValidationError:
            app.exception_handlers[kind] = _for_browsers(handler, serving)


def _for_browsers(handler: Any, serving: Serving) -> Handler:
    async def answer(request: Request, error: Exception) -> Response:
        refusal: Response = await handler(request, error)
        if not _is_page(request, serving):
            return _secured(refusal, serving)
        page = Response(
            _page(refusal.status_code, _words(refusal.status_code, error), serving),
            refusal.status_code,
            media_type="text/html",
            headers={"Content-Security-Policy": serving.policy(_STYLE_SOURCE), "Cache-Control": "no-store"},
        )
        for name in ("Retry-After", "WWW-Authenticate", "Allow"):
            if name in refusal.headers:
                page.headers[name] = refusal.headers[name]
        return _secured(page, serving)

    return answer


def _secured(answer: Response, serving: Serving) -> Response:
    """What SecurityHeaders gives to all others: a fault is answered outside of every middleware."""
    for name, value in serving.headers().items():
        answer.headers.setdefault(name, value)
    return answer


def _is_page(request: Request, serving: Serving) -> bool:
    """A person looks at it: the address is no answer of the API, and HTML is wanted."""
    path = request.url.path.removeprefix(serving.prefix)
    wanted = "text/html" in request.headers.get("accept", "")
    return wanted and request.method in ("GET", "HEAD") and not path.startswith("/v1/")


def _words(status: int, error: Exception) -> str:
    if isinstance(error, Problem) and error.detail == NOT_BUILT:
        return _NOT_BUILT_WORDS
    return _WORDS.get(status, _OTHER)


def _page(status: int, words: str, serving: Serving) -> str:
    return _PAGE.format(
        seconds=AGAIN_SECONDS,
        title="Halaman belum dapat ditampilkan",
        style=_STYLE,
        words=words,
        status=status,
        wall=escape(f"{serving.prefix}/wall"),
    )
