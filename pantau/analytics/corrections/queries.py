"""SQL of what people say of comments: finding the comment, the audit trail, training data."""

from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics.keyset import Place
from pantau.analytics.queries import aware, known
from pantau.analytics.rows import Correction, Example, Target

_KEYS = "account_id, platform, post_id, comment_id"
MOST_CANDIDATES = 20
# An edit is seen by it; contracts.fields.TextDigest.
_DIGEST = "if(text = '', '', lower(substring(hex(SHA256(text)), 1, 16)))"
_EDITED = f"(text != '' AND text_digest != '' AND text_digest != {_DIGEST})"

# Of all rows of a comment the one with the greatest version holds: as FINAL, without reading its neighbours.
_TARGETS = f"""
SELECT {_KEYS}, model_label, {_DIGEST}, corrected_at
FROM
(
    SELECT {_KEYS}, argMax(label, version) AS model_label, argMax(deleted, version) AS gone,
        argMax(comments.text, version) AS text
    FROM comments
    WHERE comment_id = {{comment:String}}%s
    GROUP BY {_KEYS}
    HAVING NOT gone
    ORDER BY {_KEYS}
    LIMIT {{limit:UInt32}}
) AS found
LEFT JOIN
(
    SELECT {_KEYS}, max(corrected_at) AS corrected_at
    FROM label_corrections WHERE comment_id = {{comment:String}} GROUP BY {_KEYS}
) AS corrections USING ({_KEYS})
ORDER BY {_KEYS}
"""  # noqa: S608 - built from this module's own constants
_OF = {
    "account": " AND account_id = {account:String}",
    "platform": " AND platform = {platform:String}",
    "post": " AND post_id = {post:String}",
}

_AUDIT = f"""
WITH page AS
(
    SELECT {_KEYS}, label, reason, corrected_by, corrected_at, text_digest, version
    FROM label_audit FINAL
    WHERE true%s
    ORDER BY corrected_at DESC, account_id DESC, platform DESC, post_id DESC, comment_id DESC
    LIMIT {{limit:UInt32}}
)
SELECT {_KEYS}, label, reason, corrected_by, corrected_at,
    ({_KEYS}, version) IN (SELECT {_KEYS}, max(version) FROM label_corrections GROUP BY {_KEYS}), model_label,
    if(text = '' OR text_digest = '', NULL, toBool({_EDITED}))
FROM page
LEFT JOIN
(
    SELECT {_KEYS}, argMax(toString(label), version) AS model_label, argMax(comments.text, version) AS text
    FROM comments WHERE ({_KEYS}) IN (SELECT {_KEYS} FROM page)
    GROUP BY {_KEYS}
) AS said USING ({_KEYS})
ORDER BY corrected_at DESC, account_id DESC, platform DESC, post_id DESC, comment_id DESC
"""  # noqa: S608 - built from this module's own constants
_BEFORE = f""" AND (corrected_at, {_KEYS}) <
    (fromUnixTimestamp64Micro({{at:Int64}}, 'UTC'), {{last_account:String}}, {{last_platform:String}},
     {{last_post:String}}, {{last_comment:String}})"""

_EXAMPLES = f"""
WITH page AS
(
    SELECT {_KEYS}, label, text_digest FROM label_corrections FINAL
    WHERE label != '' AND ({_KEYS}) > ({{last_account:String}}, {{last_platform:String}},
        {{last_post:String}}, {{last_comment:String}})
    ORDER BY {_KEYS}
    LIMIT {{limit:UInt32}}
)
SELECT {_KEYS}, label, if({_EDITED}, '', text), simulated
FROM page
LEFT JOIN
(
    SELECT {_KEYS}, text, simulated FROM comments FINAL
    WHERE NOT deleted AND ({_KEYS}) IN (SELECT {_KEYS} FROM page)
) AS said USING ({_KEYS})
ORDER BY {_KEYS}
"""  # noqa: S608 - built from this module's own constants


async def targets(client: AsyncClient, comment_id: str, **wanted: str | None) -> list[Target]:
    """Standing comments of this id, at most MOST_CANDIDATES + 1; `wanted`: account, platform, post."""
    given = {name: value for name, value in wanted.items() if value is not None}
    parameters: dict[str, Any] = {"comment": comment_id, "limit": MOST_CANDIDATES + 1, **given}
    statement = _TARGETS % "".join(_OF[name] for name in given)
    rows = (await client.query(statement, parameters=parameters)).result_rows
    return [
        Target(account, platform, post, comment, label, digest, known(at))
        for account, platform, post, comment, label, digest, at in rows
    ]


async def audit(client: AsyncClient, before: Place | None, limit: int) -> list[Correction]:
    """Newest first."""
    parameters: dict[str, Any] = {"limit": limit}
    if before is not None:
        parameters |= {"at": before.created_microseconds, **_after(before)}
    statement = _AUDIT % (_BEFORE if before is not None else "")
    rows = (await client.query(statement, parameters=parameters)).result_rows
    return [Correction(*aware(row)) for row in rows]


async def examples(client: AsyncClient, after: Example | None, limit: int) -> list[Example]:
    """Corrections that hold, in the order of identity; with an empty text where it is gone or edited."""
    parameters = {"limit": limit, **_after(after)}
    rows = (await client.query(_EXAMPLES, parameters=parameters)).result_rows
    return [Example(*row) for row in rows]


def _after(place: Place | Example | None) -> dict[str, str]:
    return {
        "last_account": place.account_id if place else "",
        "last_platform": place.platform if place else "",
        "last_post": place.post_id if place else "",
        "last_comment": place.comment_id if place else "",
    }
