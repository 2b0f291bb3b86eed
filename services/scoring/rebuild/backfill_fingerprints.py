"""Fingerprints for comments that were stored without one, while their texts are still there."""

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.runtime.clickhouse import insert, rows
from pantau.score.facts import COLUMNS
from pantau.score.fingerprints import UNKNOWN, fingerprint

PAGE = 20_000
_COLUMNS = tuple(name for name in COLUMNS["comments"] if name not in ("text_print", "words"))
_KEYS = ("account_id", "platform", "post_id", "comment_id")
_WITHOUT = f"""
SELECT {", ".join(_COLUMNS)} FROM comments FINAL
WHERE text_print = {UNKNOWN} AND text != '' AND ({", ".join(_KEYS)}) >
    ({{account_id:String}}, {{platform:String}}, {{post_id:String}}, {{comment_id:String}})
ORDER BY {", ".join(_KEYS)}
LIMIT {{limit:UInt32}}
"""  # noqa: S608 - built from this module's own constants


async def fill_prints(client: AsyncClient) -> int:
    """How many got one. The row is written again as it was, so one that came meanwhile still holds over it.

    Buckets do not follow by themselves: a rebuild comes next.
    """
    filled = 0
    after = dict.fromkeys(_KEYS, "")
    while found := await rows(client, _WITHOUT, **after, limit=PAGE):
        said = [dict(zip(_COLUMNS, row, strict=True)) for row in found]
        given = [(*comment.values(), *fingerprint(comment["text"])) for comment in said]
        await insert(client, "comments", (*_COLUMNS, "text_print", "words"), given)
        after = {key: said[-1][key] for key in _KEYS}
        filled += len(found)
    return filled
