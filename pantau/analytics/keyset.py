"""Keyset cursor: where a page of comments ended, as text that a reader hands back unread."""

import base64
import binascii
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta

import orjson

MAX_CHARACTERS = 4096
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EARLIEST_MICROSECONDS = -2_208_988_800_000_000  # 1900, the first instant of DateTime64
_LATEST_MICROSECONDS = 10_413_791_999_000_000  # 2299, the last one


@dataclass(frozen=True, slots=True)
class Place:
    """A comment's position in the order of pages: newest first, then by identity."""

    created_microseconds: int
    account_id: str
    platform: str
    post_id: str
    comment_id: str


def microseconds(instant: datetime) -> int:
    """Since 1970: what an instant is in a cursor and in a query."""
    return (instant - _EPOCH) // _MICROSECOND


def encode(place: Place) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(astuple(place))).decode().rstrip("=")


def decode(text: str) -> Place:
    """Raises ValueError when `text` was not made by `encode`."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError) as error:
        raise ValueError("no cursor of this API") from error
    match values:
        case [int(at), str(account), str(platform), str(post), str(comment)] if (
            not isinstance(at, bool) and _EARLIEST_MICROSECONDS <= at <= _LATEST_MICROSECONDS
        ):
            return Place(at, account, platform, post, comment)
    raise ValueError("no cursor of this API")
