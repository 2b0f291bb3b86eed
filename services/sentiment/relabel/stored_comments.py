"""Comments as ClickHouse holds them, read back as the events that they came as."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.contracts.events import CommentObserved
from pantau.contracts.fields import Platform
from pantau.runtime.clickhouse import microseconds, rows

_KEYS = "account_id, platform, post_id, comment_id"
_OF_ACCOUNT = " AND account_id = {account:String}"
_CREATED = """created_at >= fromUnixTimestamp64Micro({start:Int64}, 'UTC')
        AND created_at < fromUnixTimestamp64Micro({until:Int64}, 'UTC')"""
_STANDING = "NOT deleted AND text != '' AND label != ''"
# Rows that were replaced are still in it, so FINAL has only the comments of this span to look at.
_OF_SPAN = f"""({_KEYS}) IN
    (SELECT {_KEYS} FROM comments WHERE {_CREATED}%s)
    AND {_CREATED} AND {_STANDING}"""  # noqa: S608 - built from this module's own constants

_HOURS = f"""
SELECT toStartOfHour(created_at) AS hour, count()
FROM comments FINAL
WHERE {_CREATED}%s AND {_STANDING}
GROUP BY hour
ORDER BY hour
"""  # noqa: S608 - built from this module's own constants

_PAGE = f"""
SELECT {_KEYS}, parent_id, author, by_account, text, simulated, created_at, observed_at, received_at, label,
    labelled_at
FROM comments FINAL
WHERE {_OF_SPAN} AND ({_KEYS}) > ({{last_account:String}}, {{last_platform:String}}, {{last_post:String}},
    {{last_comment:String}})
ORDER BY {_KEYS}
LIMIT {{limit:UInt32}}
"""  # noqa: S608 - built from this module's own constants


@dataclass(frozen=True, slots=True)
class Span:
    """Comments created in [start, until), of one account or of all."""

    start: datetime
    until: datetime
    account: str | None = None

    def hour(self, hour: datetime) -> "Span":
        return Span(max(self.start, hour), min(self.until, hour + timedelta(hours=1)), self.account)


@dataclass(frozen=True, slots=True)
class Stored:
    comment: CommentObserved
    label: str
    labelled_at: datetime


async def hours(client: AsyncClient, span: Span) -> list[tuple[datetime, int]]:
    """Each hour with comments that can be read again, and how many there are."""
    return [(hour, count) for hour, count in await rows(client, _filled(_HOURS, span), **_bounds(span))]


async def page(client: AsyncClient, span: Span, after: Stored | None, limit: int) -> list[Stored]:
    """In the order of identity; deleted comments, and those whose text is gone, are left out."""
    last = after.comment if after else None
    parameters = _bounds(span) | {
        "limit": limit,
        "last_account": last.account_id if last else "",
        "last_platform": last.platform.value if last else "",
        "last_post": (last.post_id or "") if last else "",
        "last_comment": last.comment_id if last else "",
    }
    return [_stored(row) for row in await rows(client, _filled(_PAGE, span), **parameters)]


def _filled(statement: str, span: Span) -> str:
    return statement % (_OF_ACCOUNT if span.account is not None else "")


def _bounds(span: Span) -> dict[str, Any]:
    bounds: dict[str, Any] = {"start": microseconds(span.start), "until": microseconds(span.until)}
    return bounds | ({"account": span.account} if span.account is not None else {})


def _stored(row: Any) -> Stored:
    account, platform, post, comment, parent, author, by_account, text, simulated, *rest = row
    created_at, observed_at, received_at, label, labelled_at = rest
    observed = CommentObserved(
        account_id=account,
        platform=Platform(platform),
        post_id=post or None,
        comment_id=comment,
        parent_id=parent or None,
        author=author or None,
        by_account=by_account,
        text=text,
        simulated=simulated,
        created_at=created_at,
        observed_at=observed_at,
        received_at=received_at,
    )
    return Stored(observed, label, labelled_at)
