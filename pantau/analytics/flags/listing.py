"""Flags raised on posts' comments in a period, each with its evidence and what people decided of it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics.flags import queries
from pantau.analytics.flags.evidence import raised_flag
from pantau.analytics.flags.models import Flags, RaisedFlag
from pantau.analytics.flags.queries import Touched
from pantau.analytics.flags.rows import FlagScope, Raised
from pantau.analytics.period import Period
from pantau.contracts.fields import Flag
from pantau.score.fact_sums import PostKey
from pantau.score.rules import Rules
from pantau.score.windows import month_span, sliding_span


@dataclass(frozen=True, slots=True)
class FlagsWanted:
    """`flag` None: all of them; `new_authors` only where an account is named."""

    period: Period
    account_id: str | None
    flag: Flag | None
    limit: int


async def read_flags(client: AsyncClient, wanted: FlagsWanted, now: datetime, rules: Rules) -> Flags:
    """Those that keep most comments from counting first."""
    period, month = wanted.period, wanted.period.month
    span = month_span(month) if month else sliding_span(period.window, period.at or now)
    touched = queries.touched(FlagScope(span, month, wanted.account_id))
    flags = await _read(client, touched, wanted, rules)
    flags.sort(key=_place)
    return Flags(
        window=period.sliding,
        month=f"{month:%Y-%m}" if month else None,
        starts_at=span.start,
        ends_at=span.until,
        rules_version=rules.version,
        flags=flags[: wanted.limit],
        more=len(flags) > wanted.limit,
    )


async def read_raised(
    client: AsyncClient, touched: Touched, account_id: str | None, flag: Flag | None, rules: Rules
) -> list[Raised]:
    found: list[Raised] = []
    if flag is not Flag.NEW_AUTHORS:
        found += await queries.raised(client, touched, rules)
    if account_id is not None and flag in (None, Flag.NEW_AUTHORS):
        found += await queries.new_authors(client, account_id, touched, rules)
    return [each for each in found if flag in (None, each.flag)]


async def _read(client: AsyncClient, touched: Touched, wanted: FlagsWanted, rules: Rules) -> list[RaisedFlag]:
    found = await read_raised(client, touched, wanted.account_id, wanted.flag, rules)
    if not found:
        return []
    of: list[PostKey] = sorted({each.post for each in found})
    posts, reviewed = await asyncio.gather(queries.posts(client, of, rules), queries.verdicts(client, of))
    return [
        raised_flag(each, posts[each.post], reviewed.get((each.post, each.flag)), rules)
        for each in found
        if each.post in posts
    ]


def _place(flag: RaisedFlag) -> tuple[int, int, str, str, str, str]:
    identity = (flag.account_id, flag.platform.value, flag.post_id, flag.flag.value)
    return (-flag.comments_not_counted, -flag.evidence.comments, *identity)
