"""Problem documents (RFC 9457): in the OpenAPI document, and those that the endpoints share."""

from http import HTTPStatus
from typing import Annotated, Any

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from pantau.runtime.errors import RetryableError
from pantau.runtime.http import PROBLEM, Problem, problem_response
from services.api.http.response import RETRY_AFTER_SECONDS

log = structlog.get_logger(__name__)


class ProblemDocument(BaseModel):
    """RFC 9457: what went wrong and what to do."""

    type: Annotated[str, Field(examples=["about:blank"])]
    title: str
    status: int
    detail: str


_MEANINGS = {
    401: ("No known API key", "give an API key: Authorization: Bearer KEY"),
    403: ("The key lacks the scope", "this key may not; correcting a label needs one of API_LABEL_KEYS"),
    404: ("Not there", "no account 'dinkes2'; GET /v1/accounts lists all"),
    409: (
        "Several comments have the id, and `candidates` lists them; or the rules do not raise the flag",
        "2 comments have the id '17991'; name one by account, platform and post",
    ),
    413: ("The body is too large", "the body is larger than 16384 bytes"),
    422: ("A parameter that cannot be used", "window: Input should be '1h', '24h', '7d' or '30d'"),
    503: (
        "ClickHouse is away or slow and nothing was read before, Kafka is away, or too many streams are open",
        "ClickHouse is away",
    ),
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: _documentation(status) for status in statuses}


def install_failures(app: FastAPI) -> None:
    @app.exception_handler(RetryableError)
    async def _away(_: Request, error: RetryableError) -> JSONResponse:
        return problem_response(Problem(503, str(error), headers={"Retry-After": str(RETRY_AFTER_SECONDS)}))

    @app.exception_handler(Exception)
    async def _fault(_: Request, error: Exception) -> JSONResponse:
        log.error("a request failed", exc_info=error)
        return problem_response(Problem(500, "a fault of this service; its log says more"))


def _documentation(status: int) -> dict[str, Any]:
    meaning, detail = _MEANINGS[status]
    example = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    documentation: dict[str, Any] = {
        "description": meaning,
        "content": {PROBLEM: {"schema": ProblemDocument.model_json_schema(), "example": example}},
    }
    if status == 503:
        documentation["headers"] = {
            "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}
        }
    return documentation
