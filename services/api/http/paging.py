"""Pages of an answer, in keyset order: what a reader asks for."""

from typing import Annotated

from pydantic import Field

from pantau.analytics.keyset import MAX_CHARACTERS, Place, decode
from pantau.runtime.http import Problem
from services.api.http.period import Asked

Limit = Annotated[int, Field(ge=1, le=200)]
Before = Annotated[str | None, Field(max_length=MAX_CHARACTERS, description="`next` of the page before")]


class PageAsked(Asked):
    limit: Limit = 50
    before: Before = None


def place(before: str | None) -> Place | None:
    """The place that a reader's `before` names; None for the first page. Raises Problem 422."""
    try:
        return None if before is None else decode(before)
    except ValueError as error:
        raise Problem(422, f"before: {error}") from error
