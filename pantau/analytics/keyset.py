"""Keyset pagination: a cursor names the last row of a page, as text that a reader hands back unread.

Pages are newest first, then by identity. One cursor serves them all: comments, corrections, reviews of flags.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson

from pantau.runtime.clickhouse import microseconds

R = TypeVar("R")
Identity = tuple[str, str, str, str]  # account, platform, post, and what is under it: a comment or a flag

MAX_CHARACTERS = 4096
_EARLIEST_MICROSECONDS = -2_208_988_800_000_000  # 1900, the first instant of DateTime64
_LATEST_MICROSECONDS = 10_413_791_999_000_000  # 2299, the last one
_NAMES = ("last_account", "last_platform", "last_post", "last_under")
IDENTITY = f"({', '.join(f'{{{name}:String}}' for name in _NAMES)})"  # in SQL; `after` gives what is bound
INSTANT = "fromUnixTimestamp64Micro({last_at:Int64}, 'UTC')"  # the same, of `before`


@dataclass(frozen=True, slots=True)
class Place:
    """A row's position in the order of pages; `at` is in microseconds since 1970."""

    at: int
    identity: Identity


def place(instant: datetime, *identity: str) -> Place:
    account, platform, post, under = identity
    return Place(microseconds(instant), (account, platform, post, under))


def encode(of: Place) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([of.at, *of.identity])).decode().rstrip("=")


def decode(text: str) -> Place:
    """Raises ValueError when `text` was not made by `encode`."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError) as error:
        raise ValueError("no cursor of this API") from error
    match values:
        case [int(at), str(account), str(platform), str(post), str(under)] if (
            not isinstance(at, bool) and _EARLIEST_MICROSECONDS <= at <= _LATEST_MICROSECONDS
        ):
            return Place(at, (account, platform, post, under))
    raise ValueError("no cursor of this API")


def page(found: Sequence[R], limit: int, place_of: Callable[[R], Place]) -> tuple[Sequence[R], str | None]:
    """The page and the cursor of the next one; `found` has one row more than `limit` where there is one."""
    shown = found[:limit]
    return shown, encode(place_of(shown[-1])) if len(found) > limit else None


def newest_first(instant: str, identity: str) -> str:
    """The order of pages, for ORDER BY; `identity` names its four columns."""
    return ", ".join(f"{column} DESC" for column in (instant, *identity.split(", ")))


def following(instant: str, identity: str) -> str:
    """The condition that a row comes after the place bound by `before`."""
    return f"({instant}, {identity}) < ({INSTANT}, {IDENTITY[1:]}"


def before(of: Place | None) -> dict[str, Any]:
    """What `following` is bound to; nothing for the first page."""
    return {"last_at": of.at, **after(of.identity)} if of else {}


def after(identity: Identity) -> dict[str, Any]:
    """What IDENTITY is bound to."""
    return dict(zip(_NAMES, identity, strict=True))
