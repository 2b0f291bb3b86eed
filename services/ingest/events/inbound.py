"""What senders may offer: the events of the contracts as an outsider can know them.

A comment carries the platform's raw `author_id` instead of a pseudonym; `received_at` is ours to set. Fields
that are not named here, names and handles among them, are dropped before anything else happens. Values are
read as services.ingest.reading has it, which files go through as well.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import Annotated, Literal, get_args

import orjson
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from pantau.contracts import fields
from pantau.contracts.fields import AccountId, CommentText, PostKind, PostText
from pantau.reading.counts import read_count
from pantau.reading.errors import Unreadable
from pantau.reading.identifiers import read_author, read_identifier
from pantau.reading.instants import read_instant
from pantau.reading.words import read_flag, read_platform

TOLERATED_FUTURE = timedelta(hours=24)  # senders' clocks and time zones are not always right
MAX_REASON_CHARACTERS = 500
MAX_UNKNOWN_FIELDS = 20
MAX_FIELD_NAME_CHARACTERS = 64


def _needed(read: Callable[[object], object]) -> BeforeValidator:
    def needed(value: object) -> object:
        found = read(value)
        if found is None:
            raise Unreadable("not given, but needed")
        return found

    return BeforeValidator(needed)


Identifier = Annotated[fields.Identifier, _needed(read_identifier)]
GivenIdentifier = Annotated[fields.Identifier | None, BeforeValidator(read_identifier)]
Instant = Annotated[fields.Instant, _needed(read_instant)]
GivenInstant = Annotated[fields.Instant | None, BeforeValidator(read_instant)]
Count = Annotated[fields.Count, _needed(read_count)]
GivenCount = Annotated[fields.Count | None, BeforeValidator(read_count)]
Platform = Annotated[fields.Platform, BeforeValidator(read_platform)]
YesOrNo = Annotated[bool, BeforeValidator(read_flag)]


class Refusal(ValueError):  # noqa: N818 - not an error of ours: the sender's item is not taken
    """Why an item is not accepted, in a sentence for its sender."""


@dataclass(frozen=True, slots=True)
class Read:
    """An event, and what its sender should know although it is taken."""

    event: "AnyInbound"
    notes: tuple[str, ...] = ()


class Inbound(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    schema_version: Literal[1] = 1
    account_id: AccountId = Field(description="A registered account")
    platform: Platform
    simulated: YesOrNo = Field(default=False, description="Made up, not observed")


class InboundPost(Inbound):
    """A post as it stands, or stood, at `observed_at` (default: `published_at`)."""

    type: Literal["post.observed"]
    post_id: Identifier
    published_at: Instant
    observed_at: GivenInstant = Field(default=None, description="Default: published_at")
    kind: PostKind = PostKind.OTHER
    text: PostText = ""
    permalink: Annotated[str, Field(max_length=2048)] | None = None
    giveaway: YesOrNo = False
    boosted: YesOrNo = False
    deleted: YesOrNo = False


class InboundMetrics(Inbound):
    """Lifetime totals of a post as read at `observed_at`; leave out, or null, what was not given."""

    type: Literal["metrics.observed"]
    post_id: Identifier
    observed_at: Instant
    views: GivenCount = None
    likes: GivenCount = None
    comments: GivenCount = None
    shares: GivenCount = None
    saves: GivenCount = None
    definition_version: Annotated[str, Field(max_length=64)] = "1"
    likes_hidden: YesOrNo = Field(default=False, description="Whatever `likes` says, it was not given")
    comments_hidden: YesOrNo = Field(default=False, description="Whatever `comments` says, it was not given")


class InboundFollowers(Inbound):
    type: Literal["followers.observed"]
    observed_at: Instant
    followers: Count


class InboundComment(Inbound):
    """A comment, or its edit or deletion at a later `observed_at` (default: `created_at`)."""

    type: Literal["comment.observed"]
    comment_id: Identifier
    post_id: GivenIdentifier = None
    parent_id: GivenIdentifier = None
    author_id: str | None = Field(
        default=None,
        description="The platform's id (or name) of the commenter; only a pseudonym of it is kept. One that "
        "cannot be read costs the author, not the comment",
    )
    by_account: YesOrNo = Field(default=False, description="Written by the watched account itself")
    text: CommentText | None = Field(default=None, description="Needed unless the comment is deleted")
    created_at: Instant
    observed_at: GivenInstant = Field(default=None, description="Default: created_at")
    deleted: YesOrNo = False

    @model_validator(mode="after")
    def _written_unless_deleted(self) -> "InboundComment":
        if self.text is None and not self.deleted:
            raise ValueError("text: needed unless the comment is deleted")
        return self


AnyInbound = InboundPost | InboundMetrics | InboundFollowers | InboundComment
INBOUND: TypeAdapter[AnyInbound] = TypeAdapter(Annotated[AnyInbound, Field(discriminator="type")])
# `received_at` is ours to set and is often sent along by who read it from us.
_KNOWN = {
    get_args(kind.model_fields["type"].annotation)[0]: kind.model_fields.keys() | {"received_at"}
    for kind in (InboundPost, InboundMetrics, InboundFollowers, InboundComment)
}
TYPES = ("post.observed", "metrics.observed", "followers.observed", "comment.observed")


def read(item: object, now: datetime) -> Read:
    """A decoded JSON value as an event. Raises Refusal."""
    if not isinstance(item, dict):
        raise Refusal("an event is a JSON object")
    notes: list[str] = []
    if item.get("author_id") is not None:
        item = item | {"author_id": _author(item["author_id"], notes)}
    try:
        event = INBOUND.validate_json(orjson.dumps(item))
    except ValidationError as error:
        raise Refusal(_reason(error)) from error
    except (TypeError, ValueError) as error:  # a lone surrogate, a number of more than 64 bits
        raise Refusal(f"not representable as UTF-8 JSON: {error}") from error
    _refuse_future(event, now)
    return Read(event, tuple(notes))


def _author(value: object, notes: list[str]) -> str | None:
    """Only hashed, so an unreadable one costs no more than itself."""
    try:
        author = read_author(value)
        _ = author and author.encode()
    except (Unreadable, UnicodeEncodeError) as error:
        reason = error if isinstance(error, Unreadable) else "it is not representable as UTF-8"
        notes.append(f"author_id: {reason}; the comment is taken without its author")
        return None
    return author


def unknown_fields(items: Iterable[object]) -> list[str]:
    """Names of fields that no event has and nothing is done with, at most MAX_UNKNOWN_FIELDS of them."""
    unknown: set[str] = set()
    for item in items:
        if isinstance(item, dict):
            unknown |= item.keys() - _KNOWN.get(type_of(item), item.keys())
    first = nsmallest(MAX_UNKNOWN_FIELDS, unknown)  # of a million, perhaps
    # A lone surrogate, which no answer can carry, is written out.
    return [name[:MAX_FIELD_NAME_CHARACTERS].encode(errors="backslashreplace").decode() for name in first]


def type_of(item: object) -> str:
    """The event type for metrics: a bounded set, whatever senders write."""
    kind = item.get("type") if isinstance(item, dict) else None
    return kind if isinstance(kind, str) and kind in TYPES else "unknown"


def _refuse_future(event: AnyInbound, now: datetime) -> None:
    for name in ("observed_at", "created_at", "published_at"):
        instant = getattr(event, name, None)
        if instant is not None and instant > now + TOLERATED_FUTURE:
            raise Refusal(f"{name}: more than 24 hours in the future")


def _reason(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(_sentence(fault["loc"], fault["type"], fault["msg"]) for fault in faults[:10])[
        :MAX_REASON_CHARACTERS
    ]


def _sentence(location: tuple[int | str, ...], kind: str, message: str) -> str:
    if kind.startswith("union_tag"):
        return f"type: one of {', '.join(TYPES)} is needed"
    field = ".".join(str(part) for part in location[1:])
    if field == "schema_version":
        return "schema_version: only version 1 is known here"
    return ": ".join(part for part in (field, message.removeprefix("Value error, ")) if part)
