"""What a value that cannot be read as meant is refused with."""

from typing import Any

SHOWN_CHARACTERS = 40


class Unreadable(ValueError):  # noqa: N818 - not an error of ours: the sender's value is not taken
    """A sentence that names the value and what to do about it."""


def shown(value: Any) -> str:
    """The value as its sender will recognise it, short."""
    text = str(value)
    return repr(text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…")
