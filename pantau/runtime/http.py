"""What both HTTP services share: API keys, RFC 9457 problems and request metrics."""

import hmac
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import SecretStr
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pantau.runtime import metrics
from pantau.runtime.ops import Readiness

PROBLEM = "application/problem+json"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Problem(Exception):  # noqa: N818 - the RFC's own word
    """An answer that says what went wrong and what to do (RFC 9457)."""

    def __init__(
        self, status: int, detail: str, *, headers: dict[str, str] | None = None, **extra: Any
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}
        self.extra = extra


def problem_response(problem: Problem) -> JSONResponse:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        **problem.extra,
    }
    return JSONResponse(body, problem.status, headers=problem.headers, media_type=PROBLEM)


def install_problems(app: FastAPI) -> None:
    """Every refusal of `app`, its framework's own included, becomes a problem document."""

    @app.exception_handler(Problem)
    async def _problem(_: Request, problem: Problem) -> JSONResponse:
        return problem_response(problem)

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        return problem_response(
            Problem(error.status_code, str(error.detail), headers=dict(error.headers or {}))
        )

    @app.exception_handler(RequestValidationError)
    async def _validation(_: Request, error: RequestValidationError) -> JSONResponse:
        faults = [
            f"{'.'.join(str(part) for part in fault['loc'][1:])}: {fault['msg']}" for fault in error.errors()
        ]
        return problem_response(Problem(422, "; ".join(faults)))


class RequestMetrics:
    """Counts and times requests by route, to the end of the response; plain ASGI, for its low cost."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            method = scope["method"] if scope["method"] in METHODS else "other"
            metrics.HTTP_REQUESTS.labels(self._service, route, method, str(status)).inc()
            metrics.HTTP_SECONDS.labels(self._service, route).observe(time.perf_counter() - started)


def install_metrics(app: FastAPI, service: str) -> None:
    """Measure every request of `app`; labels have few values, whatever a client sends."""
    app.add_middleware(RequestMetrics, service=service)


def install_probes(
    app: FastAPI, readiness: Callable[[], Readiness], not_ready: dict[int | str, dict[str, Any]] | None = None
) -> None:
    """/healthz and /readyz on the service's own port too, for those who look there first.

    `not_ready` is what the OpenAPI document says of the refusal.
    """

    @app.get("/healthz", summary="The process answers", response_class=PlainTextResponse, tags=["health"])
    async def healthz() -> str:
        return "ok\n"

    @app.get(
        "/readyz",
        summary="The process can do its work",
        response_class=PlainTextResponse,
        responses=not_ready,
        tags=["health"],
    )
    async def readyz() -> str:
        awaited = readiness().awaited
        if awaited:
            raise Problem(503, f"waiting for {', '.join(awaited)}", headers={"Retry-After": "5"})
        return "ready\n"


def presented_key(request: Request) -> str:
    """The key of `Authorization: Bearer KEY` or `X-API-Key: KEY`; empty when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return request.headers.get("x-api-key", "")


def is_known(key: str, known: Sequence[SecretStr]) -> bool:
    """Compare with every known key in constant time."""
    matches = [hmac.compare_digest(key.encode(), k.get_secret_value().encode()) for k in known]
    return any(matches)


def unauthorised() -> Problem:
    return Problem(
        401,
        "give an API key: Authorization: Bearer KEY",
        headers={"WWW-Authenticate": 'Bearer realm="pantau"'},
    )
