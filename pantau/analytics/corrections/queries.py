"""SQL of corrections: finding the comment, the audit trail, training data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics import keyset
from pantau.analytics.corrections.models import AuditedCorrection, Corrections
from pantau.analytics.keyset import Place
from pantau.runtime.clickhouse import nonzero, rows

_KEYS = "account_id, platform, post_id, comment_id"
_SAID = f"{_KEYS}, label, reason, corrected_by, corrected_at"
_AUDITED = (*_SAID.split(", "), "holds", "model_label", "edited_since")
MOST_CANDIDATES = 20
_NEWEST_FIRST = keyset.newest_first("corrected_at", _KEYS)
_FIRST: keyset.Identity = ("", "", "", "")  # before all of them
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
    SELECT {_SAID}, text_digest, version
    FROM label_audit FINAL
    WHERE true%s
    ORDER BY {_NEWEST_FIRST}
    LIMIT {{limit:UInt32}}
)
SELECT {_SAID},
    ({_KEYS}, version) IN (SELECT {_KEYS}, max(version) FROM label_corrections GROUP BY {_KEYS}), model_label,
    if(text = '' OR text_digest = '', NULL, toBool({_EDITED}))
FROM page
LEFT JOIN
(
    SELECT {_KEYS}, argMax(toString(label), version) AS model_label, argMax(comments.text, version) AS text
    FROM comments WHERE ({_KEYS}) IN (SELECT {_KEYS} FROM page)
    GROUP BY {_KEYS}
) AS said USING ({_KEYS})
ORDER BY {_NEWEST_FIRST}
"""  # noqa: S608 - built from this module's own constants
_BEFORE = f" AND {keyset.following('corrected_at', _KEYS)}"

_EXAMPLES = f"""
WITH page AS
(
    SELECT {_KEYS}, label, text_digest FROM label_corrections FINAL
    WHERE label != '' AND ({_KEYS}) > {keyset.IDENTITY}
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


@dataclass(frozen=True, slots=True)
class Target:
    """A comment that may be corrected, with its last correction if there was one."""

    account_id: str
    platform: str
    post_id: str
    comment_id: str
    model_label: str
    text_digest: str
    corrected_at: datetime | None


@dataclass(frozen=True, slots=True)
class Example:
    """A corrected comment for training; `text` is empty when it is not there any more, or is another one."""

    account_id: str
    platform: str
    post_id: str
    comment_id: str
    label: str
    text: str
    simulated: bool


async def read_targets(client: AsyncClient, comment_id: str, **wanted: str | None) -> list[Target]:
    """Standing comments of this id, at most MOST_CANDIDATES + 1; `wanted`: account, platform, post."""
    given = {name: value for name, value in wanted.items() if value is not None}
    statement = _TARGETS % "".join(_OF[name] for name in given)
    found = await rows(client, statement, comment=comment_id, limit=MOST_CANDIDATES + 1, **given)
    return [
        Target(account, platform, post, comment, label, digest, nonzero(at))
        for account, platform, post, comment, label, digest, at in found
    ]


async def read_audit(client: AsyncClient, before: Place | None, limit: int) -> Corrections:
    """A page of every correction that was ever made, newest first."""
    statement = _AUDIT % (_BEFORE if before else "")
    answer = await rows(client, statement, limit=limit + 1, **keyset.before(before))
    found = [_audited(row) for row in answer]
    shown, following = keyset.page(found, limit, _place)
    return Corrections(corrections=list(shown), next=following)


async def read_examples(client: AsyncClient, after: Example | None, limit: int) -> list[Example]:
    """Corrections that hold, in the order of identity; with an empty text where it is gone or edited."""
    last = (after.account_id, after.platform, after.post_id, after.comment_id) if after else _FIRST
    return [Example(*row) for row in await rows(client, _EXAMPLES, limit=limit, **keyset.after(last))]


def _audited(row: Any) -> AuditedCorrection:
    stored = dict(zip(_AUDITED, row, strict=True))
    told = {name: stored[name] or None for name in ("post_id", "label", "model_label")}
    return AuditedCorrection.model_validate(stored | told)


def _place(of: AuditedCorrection) -> Place:
    return keyset.place(of.corrected_at, of.account_id, of.platform, of.post_id or "", of.comment_id)
