"""SQL of labelled comments: pages of them, newest first."""

from dataclasses import dataclass
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics import keyset
from pantau.analytics.comments.models import Comment, Comments
from pantau.analytics.keyset import Place
from pantau.contracts.fields import EARLIEST, Label
from pantau.runtime.clickhouse import microseconds, rows

_KEYS = "account_id, platform, post_id, comment_id"
_SAID = "text, negative, neutral, positive, model_version, created_at, labelled_at, by_account"
_COLUMNS = [*f"{_KEYS}, label, corrected, model_label, {_SAID}".split(", ")]
# A person's word over the model's. Corrections are few, so these sets are small.
_OF_LABEL = f""" AND (label = {{label:String}} AND ({_KEYS}) NOT IN
        (SELECT {_KEYS} FROM label_corrections FINAL WHERE label != '' AND label != {{label:String}})
    OR ({_KEYS}) IN
        (SELECT {_KEYS} FROM label_corrections FINAL WHERE label = {{label:String}}))"""  # noqa: S608 - built from this module's own constants
_OF_ACCOUNT = " AND account_id = {account:String}"
# The first half is what the index is asked for.
_BEFORE = f" AND created_at <= {keyset.INSTANT} AND {keyset.following('created_at', _KEYS)}"
_NEWEST_FIRST = keyset.newest_first("created_at", _KEYS)

# FINAL over all comments would read them all. So first how far back the page can reach, with rows that were
# replaced still in it; then FINAL over the few comments that have a row as new as that.
_NEWEST_ROWS = """
SELECT created_at FROM comments
WHERE NOT deleted AND label != ''%s
ORDER BY created_at DESC
LIMIT {rows:UInt32}
"""

_PAGE = f"""
SELECT {_KEYS}, label AS model_label, {_SAID}
FROM comments FINAL
WHERE ({_KEYS}) IN
(
    SELECT {_KEYS} FROM comments
    WHERE created_at >= fromUnixTimestamp64Micro({{reach:Int64}}, 'UTC') AND NOT deleted AND label != ''%s
)
AND created_at >= fromUnixTimestamp64Micro({{reach:Int64}}, 'UTC') AND NOT deleted AND label != ''%s
ORDER BY {_NEWEST_FIRST}
LIMIT {{limit:UInt32}}
"""  # noqa: S608 - as above

# All corrections are read rather than those of the page alone: naming it twice would compute it twice.
_COMMENTS = f"""
SELECT {_KEYS}, if(corrected = '', model_label, corrected), corrected != '', model_label, {_SAID}
FROM ({_PAGE}) AS page
LEFT JOIN
(
    SELECT {_KEYS}, toString(label) AS corrected FROM label_corrections FINAL WHERE label != ''
) AS corrections USING ({_KEYS})
ORDER BY {_NEWEST_FIRST}
"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class CommentsWanted:
    label: Label | None
    account_id: str | None
    before: Place | None
    limit: int


async def read_page(client: AsyncClient, wanted: CommentsWanted) -> Comments:
    """Newest first; comments that were deleted, or have no label, are not there."""
    found = await _read(client, wanted, wanted.limit + 1)
    shown, following = keyset.page(found, wanted.limit, _place)
    return Comments(comments=list(shown), next=following)


async def _read(client: AsyncClient, wanted: CommentsWanted, limit: int) -> list[Comment]:
    conditions, bound = _conditions(wanted)
    count = 2 * limit
    while True:
        newest = await rows(client, _NEWEST_ROWS % conditions, **bound, rows=count)
        whole = len(newest) < count
        reach = microseconds(EARLIEST if whole else newest[-1][0])
        statement = _COMMENTS % (conditions, conditions)
        found = await rows(client, statement, **bound, reach=reach, limit=limit)
        if whole or len(found) == limit:
            return [_comment(row) for row in found]
        count *= 4  # many of them had been replaced


def _conditions(wanted: CommentsWanted) -> tuple[str, dict[str, Any]]:
    conditions = ""
    bound: dict[str, Any] = {}
    if wanted.label is not None:
        conditions += _OF_LABEL
        bound["label"] = wanted.label.value
    if wanted.account_id is not None:
        conditions += _OF_ACCOUNT
        bound["account"] = wanted.account_id
    if wanted.before is not None:
        conditions += _BEFORE
        bound |= keyset.before(wanted.before)
    return conditions, bound


def _comment(row: Any) -> Comment:
    stored = dict(zip(_COLUMNS, row, strict=True))
    probabilities = {label.value: round(stored[label.value], 4) for label in Label}
    told = {
        "post_id": stored["post_id"] or None,
        "label_by": "human" if stored["corrected"] else "model",
        "probabilities": probabilities,
    }
    return Comment.model_validate(stored | told)


def _place(of: Comment) -> Place:
    return keyset.place(of.created_at, of.account_id, of.platform, of.post_id or "", of.comment_id)
