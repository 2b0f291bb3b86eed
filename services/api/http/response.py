"""Rendered answers: a body is serialised once, however many readers it answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from fastapi import Response

from pantau.analytics.models import Readable
from services.api.http.cache import Answer

B = TypeVar("B", bound=Readable)

RETRY_AFTER_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Rendered(Generic[B]):
    body: B
    content: bytes


def render(body: B) -> Rendered[B]:
    return Rendered(body, as_json(body))


def as_json(body: Readable) -> bytes:
    return body.model_dump_json(by_alias=True).encode()


def respond(answer: Answer[Rendered[B]], now: datetime) -> Response:
    """The body as it is, or with its age when it could not be read anew."""
    headers = {"Cache-Control": "no-store"}
    content = answer.value.content
    if answer.stale:
        headers["Age"] = str(max(0, int((now - answer.taken_at).total_seconds())))
        content = as_json(stale(answer))
    return Response(content, media_type="application/json", headers=headers)


def stale(answer: Answer[Rendered[B]]) -> B:
    return answer.value.body.model_copy(update={"stale_since": answer.taken_at})
