"""What a value that cannot be read as meant is refused with."""

from typing import Any

SHOWN_CHARACTERS = 40
# No id, count or time comes near; looking through what is longer would keep others waiting.
LONGEST = 2_048


class Unreadable(ValueError):  # noqa: N818 - not an error of ours: the sender's value is not taken
    """A sentence that names the value and what to do about it."""


def refuse_overlong(value: object) -> None:
    """Raises Unreadable."""
    if isinstance(value, str) and len(value) > LONGEST:
        raise Unreadable(f"{shown(value)} is longer than {LONGEST} characters")


def shown(value: Any) -> str:
    """The value as its sender will recognise it, short."""
    if isinstance(value, list | dict):  # as text it may be as long as the whole request
        return "a list" if isinstance(value, list) else "an object"
    text = str(value)
    return repr(text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…")
