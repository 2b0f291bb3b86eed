"""Request bodies of the api: read after the key was seen, within limits, and validated."""

from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from pantau.runtime import request_body
from pantau.runtime.http import Problem
from pantau.runtime.request_body import BodyLimits

B = TypeVar("B", bound=BaseModel)

LIMITS = BodyLimits(max_bytes=16_384, seconds=10.0)


def described(body: type[BaseModel]) -> dict[str, Any]:
    """For a route's `openapi_extra`, since FastAPI does not see what is read here."""
    content = {"application/json": {"schema": body.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


async def read_body(request: Request, kind: type[B]) -> B:
    """Raises Problem 400, 408, 413 and 422."""
    content = await request_body.read_body(request, LIMITS)
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        lines = (f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}" for fault in faults)
        raise Problem(422, "; ".join(lines)) from error
