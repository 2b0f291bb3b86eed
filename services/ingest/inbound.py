"""What senders may offer: the events of the contracts as an outsider can know them.

A comment carries the platform's raw `author_id` instead of a pseudonym; `received_at` is ours to set. Fields
that are not named here, names and handles among them, are dropped before anything else happens.
"""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from services.contracts.fields import (
    AccountId,
    CommentText,
    Count,
    Identifier,
    Instant,
    Platform,
    PostKind,
    PostText,
)

TOLERATED_FUTURE = timedelta(hours=24)  # senders' clocks and time zones are not always right
MAX_REASON_CHARACTERS = 500


class Refusal(ValueError):  # noqa: N818 - not an error of ours: the sender's item is not taken
    """Why an item is not accepted, in a sentence for its sender."""


class Inbound(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    schema_version: Literal[1] = 1
    account_id: AccountId = Field(description="A registered account")
    platform: Platform
    simulated: bool = Field(default=False, description="Made up, not observed")


class InboundPost(Inbound):
    """A post as it stands, or stood, at `observed_at` (default: `published_at`)."""

    type: Literal["post.observed"]
    post_id: Identifier
    published_at: Instant
    observed_at: Instant | None = Field(default=None, description="Default: published_at")
    kind: PostKind = PostKind.OTHER
    text: PostText = ""
    permalink: Annotated[str, Field(max_length=2048)] | None = None
    giveaway: bool = False
    boosted: bool = False
    deleted: bool = False


class InboundMetrics(Inbound):
    """Lifetime totals of a post as read at `observed_at`; leave out, or null, what was not given."""

    type: Literal["metrics.observed"]
    post_id: Identifier
    observed_at: Instant
    views: Count | None = None
    likes: Count | None = None
    comments: Count | None = None
    shares: Count | None = None
    saves: Count | None = None
    definition_version: Annotated[str, Field(max_length=64)] = "1"


class InboundFollowers(Inbound):
    type: Literal["followers.observed"]
    observed_at: Instant
    followers: Count


class InboundComment(Inbound):
    """A comment, or its edit or deletion at a later `observed_at` (default: `created_at`)."""

    type: Literal["comment.observed"]
    comment_id: Identifier
    post_id: Identifier | None = None
    parent_id: Identifier | None = None
    author_id: Identifier | None = Field(
        default=None, description="The platform's id of the commenter; only a pseudonym of it is kept"
    )
    by_account: bool = Field(default=False, description="Written by the watched account itself")
    text: CommentText | None = Field(default=None, description="Needed unless the comment is deleted")
    created_at: Instant
    observed_at: Instant | None = Field(default=None, description="Default: created_at")
    deleted: bool = False

    @model_validator(mode="after")
    def _written_unless_deleted(self) -> "InboundComment":
        if self.text is None and not self.deleted:
            raise ValueError("text: needed unless the comment is deleted")
        return self


AnyInbound = InboundPost | InboundMetrics | InboundFollowers | InboundComment
INBOUND: TypeAdapter[AnyInbound] = TypeAdapter(Annotated[AnyInbound, Field(discriminator="type")])
TYPES = ("post.observed", "metrics.observed", "followers.observed", "comment.observed")


def read(item: object, now: datetime) -> AnyInbound:
    """A decoded JSON value as an event. Raises Refusal."""
    if not isinstance(item, dict):
        raise Refusal("an event is a JSON object")
    try:
        event = INBOUND.validate_json(orjson.dumps(item))
    except ValidationError as error:
        raise Refusal(_reason(error)) from error
    except (TypeError, ValueError) as error:  # a lone surrogate, a number of more than 64 bits
        raise Refusal(f"not representable as UTF-8 JSON: {error}") from error
    _refuse_future(event, now)
    return event


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
