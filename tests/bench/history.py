"""A long history made inside the engine, and the time of a flush beside it.

Volume a day is the same in all histories, so more stored comments are more years, not more comments a post:
51 accounts, 3 platforms, 4 posts a day and account, 220 comments a post; 50 million are three years.
"""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from clickhouse_connect.driver.asyncclient import AsyncClient

from deploy.clickhouse.migrate import migrate
from deploy.local.places import MIGRATIONS
from pantau.contracts.events import AccountRegistered, LabelledComment
from pantau.contracts.fields import Label, Platform
from pantau.runtime.clickhouse import connect, insert
from pantau.score.facts import COLUMNS, facts
from pantau.score.rules import Rules
from services.scoring.buckets.flush import Flush

MILLION = 1_000_000
ACCOUNTS = 51
PLATFORMS = (Platform.INSTAGRAM, Platform.YOUTUBE, Platform.TIKTOK)
A_POST = 220  # comments
SLOT_MINUTES = 26  # one comment in each, so a post's comments take four days
POST_SECONDS = 3 * 365 * 86_400 * A_POST // (50 * MILLION)  # between one post and the next
CHUNK_POSTS = 10_000
RECENT_POSTS = 3 * 86_400 // POST_SECONDS  # those of three days
OLD_SHARE = 0.1  # of a batch's comments: on posts of any age
MERGE_SECONDS = 600
QUIET_LOOKS = 5  # a second apart: the engine looks for the next merge every few seconds
WARM_ROUNDS = 5

_POST = f"""
    toUInt64(number) AS p,
    concat('akun-', leftPad(toString(p % {ACCOUNTS}), 2, '0')) AS account_id,
    {[each.value for each in PLATFORMS]}[intDiv(p, {ACCOUNTS}) % {len(PLATFORMS)} + 1] AS platform,
    if(platform = 'youtube', substring(lower(hex(sipHash64(p))), 1, 11),
        leftPad(toString(9999999999 - p), 17, '1792345')) AS post_id,
    {{newest:DateTime64(6, 'UTC')}} - toIntervalSecond(p * {POST_SECONDS}) AS published_at
"""
_RANGE = "numbers({first:UInt64}, {posts:UInt64})"
_COMMENT = f"""
    arrayJoin(range({A_POST})) AS k,
    p * {A_POST} + k AS n,
    published_at + toIntervalMinute(k * {SLOT_MINUTES} + sipHash64(n) % {SLOT_MINUTES}) AS created_at,
    ['positive', 'neutral', 'negative'][sipHash64(n, 1) % 3 + 1] AS label
"""
_POSTS = f"""
INSERT INTO posts (account_id, platform, post_id, published_at, kind, observed_at, received_at, version)
SELECT account_id, platform, post_id, published_at, 'image', published_at, published_at, 1
FROM (SELECT {_POST} FROM {_RANGE})
"""
_COMMENTS = f"""
INSERT INTO comments (account_id, platform, post_id, comment_id, author, text, created_at, label,
    negative, neutral, positive, model_version, simulated, observed_at, received_at, labelled_at, version,
    text_print, words)
SELECT account_id, platform, post_id, concat('17', toString(sipHash64(n, 2))),
    lower(concat(hex(sipHash128(n % 300000)), hex(sipHash128(n % 300000, 1)))) AS author,
    concat('Terima kasih, pelayanannya cepat sekali ', toString(n)), created_at, label,
    0.2, 0.3, 0.5, 'bench', false, created_at, now64(6), created_at,
    bitShiftLeft(toUInt128(toUnixTimestamp64Micro(created_at)), 75), sipHash64(n, 3), 6
FROM (SELECT *, {_COMMENT} FROM (SELECT {_POST} FROM {_RANGE}))
"""
_BUCKETS = f"""
INSERT INTO post_buckets (account_id, platform, post_id, minute, posts, comments, positive, neutral,
    negative, comments_observed, newest_at, version)
SELECT account_id, platform, post_id, toStartOfMinute(created_at), 0, 1,
    label = 'positive', label = 'neutral', label = 'negative', 1, created_at, 1
FROM (SELECT *, {_COMMENT} FROM (SELECT {_POST} FROM {_RANGE}))
"""
_SUMMED = "sum(posts), sum(comments), sum(positive), sum(neutral), sum(negative), sum(comments_observed)"
_FIGURES = "posts, comments, positive, neutral, negative, comments_observed, newest_at, version"
_HOURS = f"""
INSERT INTO hour_buckets (hour, account_id, platform, {_FIGURES})
SELECT toStartOfHour(minute) AS hour, account_id, platform, {_SUMMED}, max(newest_at), 1
FROM post_buckets_by_minute
WHERE minute >= {{start:DateTime('UTC')}} AND minute < {{until:DateTime('UTC')}}
GROUP BY hour, account_id, platform
"""
_MONTHS = f"""
INSERT INTO month_buckets (month, account_id, platform, post_id, {_FIGURES})
SELECT toStartOfMonth(published_at, 'Asia/Jakarta') AS month, account_id, platform, post_id,
    0, count(), countIf(label = 'positive'), countIf(label = 'neutral'), countIf(label = 'negative'), count(),
    max(created_at), 1
FROM (SELECT *, {_COMMENT} FROM (SELECT {_POST} FROM {_RANGE}))
GROUP BY month, account_id, platform, post_id
"""
_MERGED_DAILY = """
SELECT name FROM system.tables
WHERE database = currentDatabase() AND create_table_query LIKE '%min_age_to_force_merge_seconds = 86400%'
"""


@dataclass(frozen=True, slots=True)
class History:
    """A database with so many million stored comments, and some of its posts: account, platform, id."""

    millions: int
    client: AsyncClient
    recent: list[tuple[str, str, str]]
    old: list[tuple[str, str, str]]


async def build(server: str, millions: int, say: Callable[[str], None]) -> History:
    """Facts and buckets as flushes would have left them, in a database of its own."""
    url = f"{server}/history_{millions}"
    await migrate(url, MIGRATIONS)
    client = await connect(url, answer_seconds=600)
    newest = datetime.now(UTC) - timedelta(minutes=A_POST * SLOT_MINUTES)
    await _accounts(client, newest)
    posts = millions * MILLION // A_POST
    for first in range(0, posts, CHUNK_POSTS):
        until = min(first + CHUNK_POSTS, posts)
        for statement in (_POSTS, _COMMENTS, _BUCKETS, _MONTHS):
            part = {"first": first, "posts": until - first, "newest": newest}
            await client.command(statement, parameters=part)
        say(f"{until * A_POST / MILLION:.1f} of {millions} million comments stored")
    await _hours(client, newest - timedelta(seconds=posts * POST_SECONDS))
    await _aged(client)
    say(f"parts of comments: {await _parts(client)}")
    recent, old = await _posts(client, "published_at DESC"), await _posts(client, "sipHash64(post_id)")
    return History(millions, client, recent, old)


async def _accounts(client: AsyncClient, now: datetime) -> None:
    began = now - timedelta(days=4 * 365)
    names = [f"akun-{n:02}" for n in range(ACCOUNTS)]
    known = facts(
        AccountRegistered(account_id=a, name=a, short_name=a, onboarded_at=began, registered_at=began)
        for a in names
    )
    await insert(client, "accounts", COLUMNS["accounts"], known.rows["accounts"])


async def _hours(client: AsyncClient, start: datetime) -> None:
    """Month by month, because an aggregation over years would not fit into memory."""
    start = start.replace(minute=0, second=0, microsecond=0)
    while start < datetime.now(UTC):
        until = start + timedelta(days=30)
        await client.command(_HOURS, parameters={"start": start, "until": until})
        start = until


async def _aged(client: AsyncClient) -> None:
    """What happens within a day: the engine puts the parts of some tables together (migration 0012)."""
    await _merged(client)
    tables = (await client.query(_MERGED_DAILY)).result_rows
    assert tables, "no table is merged daily"
    for (table,) in tables:
        await client.command(f"OPTIMIZE TABLE {table} FINAL")


async def _merged(client: AsyncClient, looks: int = QUIET_LOOKS) -> None:
    """Wait until the engine puts no parts together any more."""
    deadline = time.monotonic() + MERGE_SECONDS
    quiet = 0
    while quiet < looks:
        assert time.monotonic() < deadline, f"merges go on after {MERGE_SECONDS} s"
        await asyncio.sleep(1)
        merges = (await client.query("SELECT count() FROM system.merges")).result_rows[0][0]
        quiet = 0 if merges else quiet + 1


async def _parts(client: AsyncClient) -> int:
    active = "active AND table = 'comments' AND database = currentDatabase()"
    return int((await client.query(f"SELECT count() FROM system.parts WHERE {active}")).result_rows[0][0])


async def _posts(client: AsyncClient, order: str) -> list[tuple[str, str, str]]:
    query = f"SELECT account_id, platform, post_id FROM posts ORDER BY {order} LIMIT {RECENT_POSTS}"
    return [(account, platform, post) for account, platform, post in (await client.query(query)).result_rows]


async def flush_seconds(
    histories: Sequence[History], rules: Rules, sizes: Sequence[int], rounds: int
) -> dict[tuple[int, int], list[float]]:
    """Seconds of each flush by millions stored and comments in the batch.

    WARM_ROUNDS go before, so that each history ends in small parts as a live one does. No flush is timed
    while the engine merges: the merges that making a history leaves behind are those of years.
    """
    seconds: dict[tuple[int, int], list[float]] = defaultdict(list)
    flushes = {history.millions: Flush(history.client, rules) for history in histories}
    for number in range(-WARM_ROUNDS, rounds):
        for size in sizes:
            for history in histories:
                batch = list(_batch(history, size, random.Random(f"{number}/{size}")))
                await _merged(history.client, looks=2)
                started = time.perf_counter()
                await flushes[history.millions].write(batch)
                if number >= 0:
                    seconds[history.millions, size].append(time.perf_counter() - started)
    return seconds


def _batch(history: History, size: int, dice: random.Random) -> Iterator[LabelledComment]:
    """Of the last hour: most on posts of three days, some on posts of any age."""
    now = datetime.now(UTC)
    for _ in range(size):
        posts = history.old if dice.random() < OLD_SHARE else history.recent
        account, platform, post = posts[dice.randrange(len(posts))]
        at = now - timedelta(seconds=dice.uniform(0, 3600))
        yield LabelledComment(
            account_id=account,
            platform=Platform(platform),
            comment_id=f"18{dice.getrandbits(50)}",
            post_id=post,
            author=f"{dice.getrandbits(256):064x}",
            text=f"Jalan di depan kantor masih rusak {dice.getrandbits(40)}",
            created_at=at,
            observed_at=at,
            received_at=now,
            label=dice.choice(list(Label)),
            model_version="bench",
            labelled_at=now,
        )
