"""The sums that scores are made of, straight from the facts, with any counting rules.

No bucket is read or written, so this tells what other rules would give, and what a month holds whatever
happened to the buckets. Posts are read in chunks: memory follows the chunk and not the period.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.contracts.fields import Platform
from pantau.runtime.clickhouse import nonzero, rows
from pantau.score.bucket_sql import counting_parameters, minutes
from pantau.score.bucket_sums import ADDITIVE
from pantau.score.formula import Key, Sums
from pantau.score.month_sql import during, month_rows
from pantau.score.rules import Rules
from pantau.score.windows import Span, month_span

PostKey = tuple[str, Platform, str]  # account, platform, post id; the id is empty for comments without a post

CHUNK_FACTS = 200_000
CHUNK_BYTES = 96 * 1024  # of the posts' names: the server takes at most 128 KiB as one parameter

_POST = "account_id, platform, post_id"


# What happened to each post in the period. Without FINAL: a replaced row only names a post too many.
_SEEN = " UNION ALL ".join(
    f"SELECT {_POST}, count() AS facts FROM {table} WHERE {during(instant)} GROUP BY {_POST}"
    for table, instant in (
        ("posts", "published_at"),
        ("comments", "created_at"),
        ("metric_readings", "observed_at"),
    )
)
_POSTS_SEEN = f"SELECT {_POST}, sum(facts) FROM ({_SEEN}) GROUP BY {_POST} ORDER BY {_POST}"

# Posts published in the month, and those that are not known (or none) of which something happened in it.
_POSTS_OF_MONTH = f"""
SELECT {_POST}, sum(facts) FROM ({_SEEN}) GROUP BY {_POST}
HAVING ({_POST}) IN (SELECT {_POST} FROM posts WHERE {during("published_at")})
    OR ({_POST}) NOT IN (SELECT {_POST} FROM posts WHERE ({_POST}) IN (SELECT {_POST} FROM ({_SEEN})))
ORDER BY {_POST}
"""

_TOUCHED = """
WITH touched AS
(
    SELECT post.1 AS account_id, post.2 AS platform, post.3 AS post_id
    FROM (SELECT arrayJoin({posts:Array(Tuple(String, String, String))}) AS post)
)
"""

_OF_SPAN = f"""
{_TOUCHED}
SELECT {_POST}, sumForEach(figures), max(newest_at) FROM ({minutes("touched")})
WHERE {during("minute")}
GROUP BY {_POST}
"""

_OF_MONTH = f"""
{_TOUCHED}
SELECT {_POST}, sumForEach(figures), max(newest_at) FROM ({month_rows(minutes("touched"), "touched")})
WHERE month = {{month:Date}}
GROUP BY {_POST}
"""


async def read_span(client: AsyncClient, span: Span, rules: Rules) -> dict[Key, Sums]:
    """What `pantau.score.bucket_sums.read_span` gives where the buckets were made with these rules."""
    parameters = {"start": span.start, "until": span.until, **counting_parameters(rules)}
    return _by_account(await _read(client, _POSTS_SEEN, _OF_SPAN, parameters))


async def read_month(client: AsyncClient, month: date, rules: Rules) -> dict[Key, Sums]:
    """What `pantau.score.bucket_sums.read_month` gives where the buckets were made with these rules."""
    return _by_account(await read_month_posts(client, month, rules))


async def read_month_posts(client: AsyncClient, month: date, rules: Rules) -> dict[PostKey, Sums]:
    """The same for each post of the month's cohort."""
    span = month_span(month)
    parameters = {"start": span.start, "until": span.until, "month": month, **counting_parameters(rules)}
    return await _read(client, _POSTS_OF_MONTH, _OF_MONTH, parameters)


async def _read(
    client: AsyncClient, posts: str, statement: str, parameters: dict[str, Any]
) -> dict[PostKey, Sums]:
    sums = {}
    for chunk in chunks(await rows(client, posts, **parameters)):
        found = await rows(client, statement, **parameters, posts=chunk)
        for account, platform, post, figures, newest in found:
            sums[account, Platform(platform), post] = _sums(figures, newest)
    return sums


def chunks(counted: Iterable[tuple[str, str, str, int]]) -> Iterator[list[tuple[str, str, str]]]:
    """Posts with their number of facts, in order, as many together as one statement should take."""
    chunk: list[tuple[str, str, str]] = []
    facts = size = 0
    for account, platform, post, count in counted:
        length = len(f"('{account}','{platform}','{post}'),".encode())
        if chunk and (facts + count > CHUNK_FACTS or size + length > CHUNK_BYTES):
            yield chunk
            chunk, facts, size = [], 0, 0
        chunk.append((account, platform, post))
        facts += count
        size += length
    if chunk:
        yield chunk


def _by_account(posts: Mapping[PostKey, Sums]) -> dict[Key, Sums]:
    together: dict[Key, list[Sums]] = {}
    for (account, platform, _), sums in posts.items():
        together.setdefault((account, platform), []).append(sums)
    return {key: _total(each) for key, each in together.items()}


def _total(sums: list[Sums]) -> Sums:
    newest = [each.newest_at for each in sums if each.newest_at]
    figures = {name: sum(getattr(each, name) for each in sums) for name in ADDITIVE}
    return Sums(**figures, newest_at=max(newest, default=None))


def _sums(figures: list[int], newest: datetime) -> Sums:
    return Sums(**dict(zip(ADDITIVE, figures, strict=True)), newest_at=nonzero(newest))
