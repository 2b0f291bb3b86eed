"""The SQL of flushes. Values are bound parameters; only this package's own constants are built in.

Each derived table is written by one statement of the same shape: what the facts say now, against what is
stored, by key; rows that differ are written with absolute values. With `force` all rows are written, which
is how a flush is repeated after a crash.

What the facts say is in pantau/score/bucket_sql.py.
"""

from pantau.score.bucket_sql import flags_that_differ, minutes
from pantau.score.bucket_sums import ADDITIVE
from pantau.score.comment_sql import of
from pantau.score.month_sql import month_rows

FLUSHED = (
    "WITH touched AS (SELECT account_id, platform, post_id FROM flush_posts WHERE flush_id = {flush:UInt64})"
)


STORED = f"[{', '.join(ADDITIVE)}]"
UNPACKED = ", ".join(f"now_holds[{i}] AS {name}" for i, name in enumerate(ADDITIVE, 1))


def _summed(which: str) -> str:
    """No row gives no array: zeros then."""
    return f"arrayResize(sumForEachIf(figures, {which}), {len(ADDITIVE)}, toUInt64(0))"


def _difference(
    table: str, keys: str, computed: str, stored: str, *, version: str = "version", touched: str = FLUSHED
) -> str:
    """INSERT of the rows of `computed` that differ from `stored`; both give keys, figures, newest_at.

    `version` names the parameter that says when what is computed from was complete.
    """
    return f"""
INSERT INTO {table} ({keys}, {", ".join(ADDITIVE)}, newest_at, version)
{touched}
SELECT {keys}, {UNPACKED}, newest, {{{version}:UInt64}}
FROM
(
    SELECT {keys}, {_summed("NOT held")} AS now_holds, {_summed("held")} AS stored_holds,
        maxIf(newest_at, NOT held) AS newest, maxIf(newest_at, held) AS stored_newest
    FROM
    (
        SELECT {keys}, figures, newest_at, false AS held FROM ({computed})
        UNION ALL
        SELECT {keys}, figures, newest_at, true AS held FROM ({stored})
    )
    GROUP BY {keys}
)
WHERE {{force:Bool}} OR now_holds != stored_holds OR newest != stored_newest
"""


_MINUTE = "account_id, platform, post_id, minute"
_STORED_MINUTES = (
    f"SELECT {_MINUTE}, {STORED} AS figures, newest_at FROM post_buckets FINAL WHERE {of('touched')}"
)
# What this flush changes. It lies apart for a day: the steps that follow need not look for it in all history.
_CHANGED = "flush_buckets WHERE version = {version:UInt64}"

CHANGED_BUCKETS = _difference("flush_buckets", _MINUTE, minutes("touched"), _STORED_MINUTES)

_BUCKET = f"{_MINUTE}, {', '.join(ADDITIVE)}, newest_at, version"
POST_BUCKETS = f"INSERT INTO post_buckets ({_BUCKET}) SELECT {_BUCKET} FROM {_CHANGED}"

_CHANGED_HOURS = f"(SELECT DISTINCT toStartOfHour(minute), account_id, platform FROM {_CHANGED})"

HOUR_BUCKETS = _difference(
    "hour_buckets",
    "hour, account_id, platform",
    f"SELECT toStartOfHour(minute) AS hour, account_id, platform, {STORED} AS figures, newest_at"
    " FROM post_buckets_by_minute FINAL"
    f" WHERE minute >= {{first_hour:DateTime('UTC')}}"
    f" AND minute < {{last_hour:DateTime('UTC')}} + INTERVAL 1 HOUR"
    f" AND (toStartOfHour(minute), account_id, platform) IN {_CHANGED_HOURS}",
    f"SELECT hour, account_id, platform, {STORED} AS figures, newest_at FROM hour_buckets FINAL"
    f" WHERE (hour, account_id, platform) IN {_CHANGED_HOURS}",
    version="rolled",
)


# Posts with a changed minute that belongs to a month. Old posts go on collecting comments after their month
# has closed: that changes no month, and to read them again would cost the more the longer the history is.
MONTH_POSTS = f"""
INSERT INTO flush_month_posts (flush_id, account_id, platform, post_id)
{FLUSHED}
SELECT DISTINCT {{flush:UInt64}}, account_id, platform, post_id
FROM ({month_rows(f"SELECT {_MINUTE}, {STORED} AS figures, newest_at FROM {_CHANGED}", "touched")})
"""

_OF_MONTHS = (
    "WITH touched AS"
    " (SELECT account_id, platform, post_id FROM flush_month_posts WHERE flush_id = {flush:UInt64})"
)

MONTH_BUCKETS = _difference(
    "month_buckets",
    "month, account_id, platform, post_id",
    month_rows(_STORED_MINUTES, "touched"),
    f"SELECT month, account_id, platform, post_id, {STORED} AS figures, newest_at"
    f" FROM month_buckets FINAL WHERE {of('touched')}",
    touched=_OF_MONTHS,
)

# An hour adds up posts of several flushes, so its version is taken once this flush's own minutes are written:
# of two that write one hour at once, the later has seen the minutes of both.
CHANGED_HOURS = f"""
SELECT count(), min(toStartOfHour(minute)), max(toStartOfHour(minute)),
    toUInt64(toUnixTimestamp64Micro(now64(6)))
FROM {_CHANGED}
"""

CHANGED_MONTHS = f"""
{_OF_MONTHS}
SELECT DISTINCT month FROM month_buckets WHERE version = {{version:UInt64}} AND {of("touched")}
"""

# Posts whose counting changed because another post of their day came, went or moved.
CHANGED_FLAGS = f"{FLUSHED} {flags_that_differ('touched')}"

POSTS_OF_ACCOUNTS = (
    "SELECT account_id, platform, post_id FROM posts FINAL WHERE account_id IN {accounts:Array(String)}"
)

SERVER_MICROSECONDS = "SELECT toUInt64(toUnixTimestamp64Micro(now64(6)))"

# The version of a flush, and the counting rules that the stored buckets were made with.
BEGIN = """
SELECT toUInt64(toUnixTimestamp64Micro(now64(6))), argMax(guards, recorded_at) FROM bucket_rules
"""

UNFINISHED_POSTS = """
SELECT DISTINCT account_id, platform, post_id, flush_id FROM flush_posts
WHERE flush_id NOT IN (SELECT flush_id FROM flushes) AND at > now() - INTERVAL 7 DAY
"""

FINISHED_SINCE = """
SELECT flush_id, months, finished_at FROM flushes
WHERE buckets > 0 AND finished_at >= {since:DateTime64(6, 'UTC')}
"""

LAST_FINISHED = "SELECT max(finished_at) FROM flushes WHERE buckets > 0"

NEWEST_TICK = "SELECT max(version) FROM score_ticks"

NEWEST_ARRIVAL = """
SELECT toUnixTimestamp64Micro(max(newest_received_at)) / 1000000 FROM arrivals
WHERE account_id IN (SELECT account_id FROM accounts FINAL WHERE active)
"""

ALL_MONTHS = "SELECT DISTINCT month FROM month_buckets"
