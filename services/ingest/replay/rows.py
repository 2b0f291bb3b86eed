"""Rows to events. Pure: the same row gives the same event, byte for byte, whenever it is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.contracts.fields import MAX_POST_CHARACTERS

_COMMENT_COLUMNS = {"id", "text", "created_at"}
_ENGAGEMENT_COLUMNS = {"post_id", "observed_at", "published_at"}
_KINDS = {
    "photo": "image", "image": "image", "graphimage": "image",
    "video": "video", "graphvideo": "video", "reel": "reel", "reels": "reel", "clips": "reel",
    "carousel": "album", "carousel_album": "album", "album": "album", "sidecar": "album",
    "graphsidecar": "album", "story": "story", "text": "text", "link": "link", "live": "live",
}  # fmt: skip
_KIND_OF_PLATFORM = {"youtube": "video", "tiktok": "video"}
_WHOLE = re.compile(r"(\d+)(?:\.0*)?", re.ASCII)

JsonEvent = dict[str, Any]


class RowError(ValueError):
    """Why a row gives no event, in words that stay the same for all rows with that fault."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the person at the keyboard says of rows that leave it open."""

    account: str | None = None
    platform: str | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """The events of one row, and the instant at which they became known."""

    account_id: str
    account_name: str | None
    at: datetime
    events: tuple[JsonEvent, ...]


def mapped(fields: Mapping[str, Any] | None, defaults: Defaults) -> Mapped:
    """Raises RowError."""
    if fields is None:
        raise RowError("the row is not readable")
    if fields.keys() >= _ENGAGEMENT_COLUMNS:
        return _engagement(fields, defaults)
    if fields.keys() >= _COMMENT_COLUMNS:
        return _comment(fields, defaults)
    raise RowError("neither a comment (id, text, created_at) nor a reading (post_id, published_at, …)")


def _comment(fields: Mapping[str, Any], defaults: Defaults) -> Mapped:
    account = fields.get("account") or defaults.account
    if not account:
        raise RowError("the row names no account; give one with --account NAME")
    created_at = _instant(fields, "created_at")
    observed_at = _instant(fields, "observed_at") if fields.get("observed_at") else created_at
    event: JsonEvent = {
        "type": "comment.observed",
        "account_id": _text(account),
        "platform": _platform(fields, defaults),
        "comment_id": _id(fields, "id"),
        "post_id": _id(fields, "post_id"),
        "parent_id": _id(fields, "parent_id"),
        "author_id": _id(fields, "author"),
        "text": fields["text"] or "",
        "created_at": created_at,
        "observed_at": observed_at,
    }
    return Mapped(event["account_id"], None, observed_at, (event,))


def _engagement(fields: Mapping[str, Any], defaults: Defaults) -> Mapped:
    """A row is a reading of a post and tells of the post itself, which counts as seen when published."""
    account = fields.get("account_id") or defaults.account
    if not account:
        raise RowError("the row names no account; give one with --account NAME")
    observed_at, published_at = _instant(fields, "observed_at"), _instant(fields, "published_at")
    common: JsonEvent = {"account_id": _text(account), "platform": _platform(fields, defaults)}
    common |= {"post_id": _id(fields, "post_id")}
    post: JsonEvent = {
        "type": "post.observed",
        **common,
        "published_at": published_at,
        "observed_at": published_at,
        "kind": _kind(fields, common["platform"]),
        "text": _text(fields.get("title") or fields.get("caption") or "")[:MAX_POST_CHARACTERS],
        "permalink": _permalink(fields, common),
    }
    reading: JsonEvent = {"type": "metrics.observed", **common, "observed_at": observed_at, **_counts(fields)}
    name = fields.get("account_name")
    return Mapped(common["account_id"], _text(name) if name else None, observed_at, (post, reading))


def _counts(fields: Mapping[str, Any]) -> dict[str, int | None]:
    """Zeros of a video whose comments or ratings are switched off stand for an unknown number."""
    counts = {name: _count(fields, name) for name in ("views", "likes", "comments", "shares", "saves")}
    if _is_true(fields.get("comments_disabled")):
        counts["comments"] = None
    if _is_true(fields.get("ratings_disabled")):
        counts["likes"] = None
    return counts


def _count(fields: Mapping[str, Any], name: str) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    whole = _WHOLE.fullmatch(str(value).strip())
    if whole is None:
        raise RowError(f"{name} is not a whole number")
    return int(whole[1])


def _instant(fields: Mapping[str, Any], name: str) -> datetime:
    """A date is its midnight, and a time without an offset is UTC."""
    value = fields.get(name)
    if value is None:
        raise RowError(f"{name} is missing")
    try:
        instant = datetime.fromisoformat(str(value).strip())
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise RowError(f"{name} is not an ISO 8601 date or time") from error


def _platform(fields: Mapping[str, Any], defaults: Defaults) -> str:
    platform = fields.get("platform") or defaults.platform
    if not platform:
        raise RowError("the row names no platform; give one with --platform NAME")
    return _text(platform).lower()


def _id(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return _text(value) if value is not None and value != "" else None


def _text(value: object) -> str:
    return str(value).strip()


def _kind(fields: Mapping[str, Any], platform: str) -> str:
    return _KINDS.get(str(fields.get("media_type")).lower(), _KIND_OF_PLATFORM.get(platform, "other"))


def _permalink(fields: Mapping[str, Any], common: Mapping[str, Any]) -> str | None:
    if fields.get("permalink"):
        return _text(fields["permalink"])
    if common["platform"] == "instagram" and fields.get("shortcode"):
        return f"https://www.instagram.com/p/{fields['shortcode']}/"
    if common["platform"] == "youtube" and common["post_id"]:
        return f"https://www.youtube.com/watch?v={common['post_id']}"
    return None


def _is_true(value: object) -> bool:
    return str(value).strip().lower() in {"true", "1", "yes"}
