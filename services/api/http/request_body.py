"""Reading a request's body: after the key was seen, and never more than the limit."""

import asyncio
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from pantau.runtime.http import Problem

B = TypeVar("B", bound=BaseModel)

MAX_BODY_BYTES = 16_384
BODY_SECONDS = 10.0


def described(body: type[BaseModel]) -> dict[str, Any]:
    """For a route's `openapi_extra`, since FastAPI does not see what is read here."""
    content = {"application/json": {"schema": body.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


async def read_body(request: Request, kind: type[B]) -> B:
    """Raises Problem 400, 408, 413 and 422."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    close = {"Connection": "close"}
                    raise Problem(413, f"the body is larger than {MAX_BODY_BYTES} bytes", headers=close)
        return kind.model_validate_json(bytes(body))
    except TimeoutError as error:
        raise Problem(408, "the body did not arrive in time", headers={"Connection": "close"}) from error
    except ClientDisconnect as error:
        raise Problem(400, "the sender went away before the body was complete") from error
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        lines = (f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}" for fault in faults)
        raise Problem(422, "; ".join(lines)) from error
