"""The vocabulary of event fields, with the limits that every producer and consumer shares."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

MAX_COMMENT_CHARACTERS = 10_000
MAX_POST_CHARACTERS = 65_536
MAX_REASON_CHARACTERS = 200
MAX_COUNT = 2**53 - 1  # what a JSON number carries without loss; no platform counter comes near

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class Platform(StrEnum):
    INSTAGRAM = "instagram"
    FACEBOOK = "facebook"
    YOUTUBE = "youtube"
    TIKTOK = "tiktok"
    X = "x"


class PostKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    REEL = "reel"
    ALBUM = "album"
    STORY = "story"
    TEXT = "text"
    LINK = "link"
    LIVE = "live"
    OTHER = "other"


class AccountKind(StrEnum):
    OPD = "opd"
    HOSPITAL = "hospital"
    OTHER = "other"


class Label(StrEnum):
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Flag(StrEnum):
    """What about a post's comments looks made to score."""

    COPIED_TEXT = "copied_text"
    ONE_WORD = "one_word"
    NEW_AUTHORS = "new_authors"
    REPEATED_AUTHOR = "repeated_author"


class Verdict(StrEnum):
    OVERTURNED = "overturned"
    UPHELD = "upheld"


def _in_utc(instant: datetime) -> datetime:
    instant = instant.astimezone(UTC)
    if not EARLIEST <= instant < LATEST:
        raise ValueError("instant outside 2000-01-01 to 2100-01-01")
    return instant


def _printable(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("identifier with control characters or surrounding blanks")
    return text


def _encodable(text: str) -> str:
    """Refuse lone surrogates: they are legal in JSON escapes, but no UTF-8 sink takes them."""
    text.encode()
    return text


# RFC 3339 with an offset; kept in UTC to the microsecond.
Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
# Platform ids exceed 2^53, so they are strings everywhere.
Identifier = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_printable)]
AccountId = Annotated[str, Field(min_length=1, max_length=128), AfterValidator(_printable)]
# The name of an API key: which desk corrected a label or reviewed a flag, never which person.
KeyName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
# HMAC-SHA256 in hex; nothing else may stand for a person past ingest.
Pseudonym = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
# A lifetime total as the platform reads now; None when the platform did not give it, never 0.
Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]
CommentText = Annotated[str, Field(max_length=MAX_COMMENT_CHARACTERS), AfterValidator(_encodable)]
PostText = Annotated[str, Field(max_length=MAX_POST_CHARACTERS), AfterValidator(_encodable)]
# The first 16 digits of a masked text's SHA-256 in hex: whether it is the same text, without the text.
TextDigest = Annotated[str, Field(pattern=r"^([0-9a-f]{16})?$")]
Reason = Annotated[str, Field(max_length=MAX_REASON_CHARACTERS), AfterValidator(_encodable)]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_encodable)]
ShortName = Annotated[str, Field(min_length=1, max_length=24), AfterValidator(_encodable)]
Probability = Annotated[float, Field(ge=0, le=1)]
