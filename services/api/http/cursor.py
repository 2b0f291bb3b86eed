"""The cursor that a reader hands back as `before`."""

from pantau.analytics.keyset import Place, decode
from pantau.runtime.http import Problem


def after(before: str | None) -> Place | None:
    """The place that a reader's `before` names; None for the first page. Raises Problem 422."""
    try:
        return None if before is None else decode(before)
    except ValueError as error:
        raise Problem(422, f"before: {error}") from error
