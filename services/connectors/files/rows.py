"""Rows to events: the same row of the same file gives the same event, byte for byte, whenever it is read."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from pantau.contracts.fields import MAX_POST_CHARACTERS
from pantau.masking.text import mask
from services.connectors.files.cells import Cells, RowError
from services.connectors.files.columns import COUNTS, KINDS
from services.connectors.files.files import FileError, Row
from services.connectors.files.habits import Assumed, Defaults, Habits
from services.connectors.files.layout import aliases, layout, plain

__all__ = ["JsonEvent", "Mapped", "RowError", "RowReader"]

_KINDS = {alias: kind for kind, names in KINDS.items() for alias in aliases(names)}
_KIND_OF_PLATFORM = {"youtube": "video", "tiktok": "video"}
_FLAGS_OF_POSTS = ("giveaway", "boosted", "deleted")

JsonEvent = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mapped:
    """The events of one row, the instant at which they became known, and what was left out of them."""

    account_id: str
    account_name: str | None
    at: datetime
    events: tuple[JsonEvent, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class RowReader:
    """Of one file, named in errors by `file`."""

    defaults: Defaults
    habits: Habits = field(default_factory=Habits)
    file: str = "the file"
    assumed: Assumed = field(default_factory=Assumed)
    _pages: dict[tuple[str, ...], str] = field(default_factory=dict)
    _copies: Counter[bytes] = field(default_factory=Counter)
    _unused: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)

    def mapped(self, row: Row) -> Mapped:
        """Raises RowError, and FileError where the file as a whole cannot be of one account."""
        if row.fields is None:
            raise RowError(f"the row is not readable: {row.fault}")
        found = layout(tuple(row.fields), row.fields.get("type"))
        if found is None:
            raise RowError(_unknown(row.fields))
        self._note_unused(row.fields, found.unused)
        cells = Cells(row.fields, found, self.defaults, self.habits)
        self._refuse_two_pages(cells)
        events = self._comment(cells) if found.kind == "comment" else _OTHERS[found.kind](cells)
        self.assumed.counts.update(cells.assumed)
        return events

    def _comment(self, cells: Cells) -> Mapped:
        comment_id, written_at = cells.identifier("comment_id"), cells.instant("created_at")
        self._refuse_nameless(comment_id, written_at)
        post_id, platform = cells.identifier("post_id"), cells.platform()
        if comment_id == post_id is not None and platform != "x":  # there, a conversation's first is one too
            raise RowError("the row is the post itself (its id is that of its post), no comment")
        author, note = cells.author()
        created_at = written_at or self._supplied_time(cells)
        observed_at = cells.instant("observed_at") or created_at
        event: JsonEvent = {
            "type": "comment.observed",
            "account_id": cells.account(),
            "platform": platform,
            "comment_id": comment_id,
            "post_id": post_id,
            "parent_id": cells.identifier("parent_id"),
            "author_id": author,
            "text": cells.raw("text"),
            "created_at": created_at,
            "observed_at": observed_at,
            **_true(cells, "by_account", "deleted", "simulated"),
        }
        if comment_id is None:
            cells.assumed["derived id"] += 1
            event["comment_id"] = self._derived_id(event, written_at)
        return Mapped(event["account_id"], None, observed_at, (event,), (note,) if note else ())

    def _refuse_nameless(self, comment_id: str | None, written_at: datetime | None) -> None:
        """One reason for all that is missing, with the options that stand in for it."""
        missing, options = [], []
        if comment_id is None and not self.defaults.derive_ids:
            missing.append("id (comment_id)")
            options.append("--derive-ids")
        if written_at is None and self.defaults.observed_at is None:
            missing.append("time (created_at)")
            options.append("--observed-at INSTANT")
        if missing:
            raise RowError(f"the comment has no {' and no '.join(missing)}; give {' and '.join(options)}")

    def _supplied_time(self, cells: Cells) -> datetime:
        assert self.defaults.observed_at is not None
        cells.assumed["timed by option"] += 1
        return self.defaults.observed_at

    def _derived_id(self, event: JsonEvent, created_at: datetime | None) -> str:
        """From what the row says and how often the file said it before.

        Author and personal data have no part in it: a digest of these would let anyone who guesses find them.
        """
        told = [event[name] for name in ("account_id", "platform", "post_id")]
        content = orjson.dumps([*told, created_at, mask(event["text"])])
        self._copies[content] += 1
        digest = hashlib.sha256(b"%b %d" % (content, self._copies[content])).hexdigest()
        return f"derived-{digest[:32]}"

    def _note_unused(
        self, fields: Mapping[str, Any], unused: Callable[[Iterable[str]], dict[str, str]]
    ) -> None:
        names = tuple(fields)
        if names not in self._unused:
            self._unused[names] = unused(names)
        for name, why in self._unused[names].items():
            if fields[name] is not None and fields[name] != "":
                self.assumed.unused.setdefault(name, why)

    def _refuse_two_pages(self, cells: Cells) -> None:
        """All rows of an export go to one account, so they must be of one page."""
        if not cells.layout.pages:
            return
        page = tuple(str(cells.row.get(name) or "") for name in cells.layout.pages)
        self._pages.setdefault(page, cells.told("account_name") or page[0])
        if len(self._pages) > 1 and self.defaults.account:
            names = ", ".join(sorted(self._pages.values()))
            raise FileError(
                f"{self.file}: holds more than one page or account ({names}); "
                "make a file of each, and name its account with --account"
            )


def _reading(cells: Cells) -> Mapped:
    """A row is a reading of a post and tells of the post itself, which counts as seen when published."""
    observed_at = cells.read_at()
    common = _common(cells)
    reading: JsonEvent = {"type": "metrics.observed", **common, "observed_at": observed_at, **_counts(cells)}
    version = cells.told("definition_version")
    if version:
        reading["definition_version"] = version
    tells_post = bool(cells.layout.fields["published_at"])
    events = (_post(cells, common, observed_at), reading) if tells_post else (reading,)
    name = cells.told("account_name")
    return Mapped(common["account_id"], name or None, observed_at, events)


def _post_alone(cells: Cells) -> Mapped:
    """A row that is an event of a post."""
    observed_at = cells.instant("observed_at") or cells.needed_instant("published_at")
    post = _post(cells, _common(cells), observed_at) | {"observed_at": observed_at}
    return Mapped(post["account_id"], cells.told("account_name") or None, observed_at, (post,))


def _post(cells: Cells, common: JsonEvent, observed_at: datetime) -> JsonEvent:
    """Seen when published, but where something was found out about it since: then, when that was seen."""
    published_at = cells.needed_instant("published_at")
    flags = _true(cells, *_FLAGS_OF_POSTS)
    return {
        "type": "post.observed",
        **common,
        "published_at": published_at,
        "observed_at": observed_at if flags else published_at,
        "kind": _kind(cells, common["platform"]),
        "text": cells.text("text")[:MAX_POST_CHARACTERS],
        "permalink": _permalink(cells, common),
        **flags,
    }


def _followers(cells: Cells) -> Mapped:
    followers = cells.count("followers")
    if followers is None:
        raise RowError("the row has no number of followers")
    event: JsonEvent = {
        "type": "followers.observed",
        "account_id": cells.account(),
        "platform": cells.platform(),
        "observed_at": cells.read_at(),
        "followers": followers,
        **_true(cells, "simulated"),
    }
    return Mapped(event["account_id"], cells.told("account_name") or None, event["observed_at"], (event,))


_OTHERS = {"reading": _reading, "post": _post_alone, "followers": _followers}


def _common(cells: Cells) -> JsonEvent:
    return {
        "account_id": cells.account(),
        "platform": cells.platform(),
        "post_id": cells.needed_identifier("post_id"),
        **_true(cells, "simulated"),
    }


def _counts(cells: Cells) -> dict[str, int | None]:
    """Whatever stands where comments or likes are hidden or switched off is no number of theirs."""
    hidden = {name for name in ("likes", "comments") if cells.flag(f"{name}_hidden")}
    return {name: None if name in hidden else cells.count(name) for name in COUNTS}


def _true(cells: Cells, *names: str) -> dict[str, bool]:
    return dict.fromkeys(filter(cells.flag, names), True)


def _kind(cells: Cells, platform: str) -> str:
    return _KINDS.get(plain(cells.text("kind")), _KIND_OF_PLATFORM.get(platform, "other"))


def _permalink(cells: Cells, common: JsonEvent) -> str | None:
    if permalink := cells.told("permalink"):
        return permalink
    if common["platform"] == "instagram" and (shortcode := cells.told("shortcode")):
        return f"https://www.instagram.com/p/{shortcode}/"
    if common["platform"] == "youtube":
        return f"https://www.youtube.com/watch?v={common['post_id']}"
    return None


def _unknown(fields: Mapping[str, Any]) -> str:
    names = ", ".join(str(name) for name in list(fields)[:8])
    return (
        f"columns of no known table ({names}): a comment has id, text and created_at, a reading post_id, "
        "published_at and counts; see docs/feeding.md"
    )
