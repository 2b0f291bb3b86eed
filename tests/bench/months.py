"""How long closing a month takes, for fleets of different sizes. The month's facts are made in the engine."""

import time
from datetime import UTC, date, datetime

from deploy.clickhouse.migrate import migrate
from deploy.local.places import MIGRATIONS
from pantau.runtime.clickhouse import connect
from pantau.score.rules import Rules
from pantau.score.windows import closes_at, month_span
from services.scoring.close.closing import CloseRequest, close

MONTH = date(2026, 9, 1)
POSTS = 20  # an account, in the month
READINGS = 10  # a post
COMMENTS = 10  # a post

_ACCOUNTS = """
INSERT INTO accounts (account_id, name, short_name, kind, active, onboarded_at, registered_at, version)
SELECT concat('akun-', toString(number)) AS name, name, name, 'opd', true, '2026-01-01', '2026-01-01', 1
FROM numbers({accounts:UInt64})
"""
_POST = f"""
    concat('akun-', toString(intDiv(number, {POSTS}))) AS account_id, 'instagram' AS platform,
    concat('p', toString(number)) AS post_id,
    {{start:DateTime64(6, 'UTC')}} + toIntervalHour(sipHash64(number) % 700) AS published_at
"""
_MADE = f"SELECT number, {_POST} FROM numbers({{accounts:UInt64}} * {POSTS})"
_POSTS = f"""
INSERT INTO posts (account_id, platform, post_id, published_at, kind, observed_at, received_at, version)
SELECT account_id, platform, post_id, published_at, 'image', published_at, published_at, 1 FROM ({_MADE})
"""
_READINGS = f"""
INSERT INTO metric_readings (account_id, platform, post_id, observed_at, views, likes, comments,
    definition_version, received_at, version)
SELECT account_id, platform, post_id, published_at + toIntervalHour(n * 5) AS read_at,
    (n + 1) * (sipHash64(number) % 900), (n + 1) * (sipHash64(number, 1) % 90), n, '1', read_at, 1
FROM (SELECT *, arrayJoin(range({READINGS})) AS n FROM ({_MADE}))
"""
_COMMENTS = f"""
INSERT INTO comments (account_id, platform, post_id, comment_id, author, text, created_at, label,
    model_version, observed_at, received_at, labelled_at, version, text_print, words)
SELECT account_id, platform, post_id, concat('c', toString(n)) AS comment_id,
    lower(concat(hex(sipHash128(number, n)), hex(sipHash128(n, number)))), 'Terima kasih, bagus sekali',
    published_at + toIntervalMinute(n * 37) AS said_at,
    ['positive', 'neutral', 'negative'][n % 3 + 1], 'bench', said_at, said_at, said_at, 1,
    sipHash64(number, n), 4
FROM (SELECT *, arrayJoin(range({COMMENTS})) AS n FROM ({_MADE}))
"""


async def close_seconds(server: str, accounts: int, rules: Rules) -> float:
    """Seconds from the facts to the frozen month, in a database of its own that is dropped afterwards."""
    name = f"month_{accounts}"
    await migrate(f"{server}/{name}", MIGRATIONS)
    client = await connect(f"{server}/{name}")
    try:
        made = {"accounts": accounts, "start": month_span(MONTH).start}
        for statement in (_ACCOUNTS, _POSTS, _READINGS, _COMMENTS):
            await client.command(statement, parameters=made)
        now = max(closes_at(MONTH), datetime.now(UTC))
        started = time.perf_counter()
        closing = await close(client, CloseRequest(MONTH, rules), lambda: now)
        seconds = time.perf_counter() - started
        assert closing.frozen_now, "the month was frozen before"
        return seconds
    finally:
        await client.command(f"DROP DATABASE {name} SYNC")
        await client.close()
