"""SQL of a rebuild, beside that of the flushes which it repeats."""

from pantau.score.bucket_sql import counted_posts
from pantau.score.bucket_sums import ADDITIVE
from pantau.score.comment_sql import of
from services.scoring.buckets import flush_sql as sql

# What flushes touched before what they finished, so that none looks unfinished in between.
DERIVED = (
    *("flush_posts", "flushes", "post_buckets", "post_buckets_by_minute", "hour_buckets", "month_buckets"),
    *("flush_buckets", "flush_month_posts", "post_flags", "scores", "score_ticks"),
)

_SEEN = "account_id, platform, observed_at"
# What the engine keeps with the facts (migrations 0010, 0013, 0014) is not emptied: what is missing is added.
# Scorers may look there meanwhile; of an observation that was replaced only `arrivals` knows the arrival.
KEPT_WITH_FACTS = (
    """
INSERT INTO post_days
SELECT account_id, platform, toDate(published_at, 'Asia/Jakarta'), post_id FROM posts
""",
    """
INSERT INTO answers
SELECT account_id, platform, post_id, comment_id, parent_id FROM comments WHERE by_account AND parent_id != ''
""",
    *(
        f"INSERT INTO observed SELECT {_SEEN}, {latest}, received_at, simulated FROM {table}"
        for table, latest in (
            ("posts", "greatest(observed_at, published_at)"),
            ("metric_readings", "observed_at"),
            ("follower_readings", "observed_at"),
            ("comments", "greatest(observed_at, created_at)"),
        )
    ),
    *(
        f"INSERT INTO flow_arrivals SELECT '{flow}' AS flow, max(received_at) FROM {table} GROUP BY flow"
        for flow, tables in (
            ("posts", ("posts", "metric_readings", "follower_readings")),
            ("comments", ("comments",)),
        )
        for table in tables
    ),
)

_POST = "account_id, platform, post_id"
_TABLES = ("posts", "comments", "metric_readings")


def _counted(keys: str, condition: str) -> str:
    """Facts by key, in order. Without FINAL: how much work it is matters, not exactly how many."""
    parts = " UNION ALL ".join(
        f"SELECT {keys}, count() AS facts FROM {table} WHERE {condition} GROUP BY {keys}" for table in _TABLES
    )
    return f"SELECT {keys}, sum(facts) FROM ({parts}) GROUP BY {keys} ORDER BY {keys}"


ACCOUNTS = _counted("account_id", "account_id > {until:String}")
POSTS = _counted(_POST, "account_id IN {accounts:Array(String)}")

FLAGS = f"""
INSERT INTO post_flags ({_POST}, counted, version)
{sql.FLUSHED}
SELECT {_POST}, counted, {{version:UInt64}} FROM ({counted_posts("touched")})
"""

# Posts of one flush that later ones touched too.
TOUCHED_SINCE = f"""
{sql.FLUSHED}
SELECT DISTINCT {_POST} FROM flush_posts WHERE flush_id > {{flush:UInt64}} AND {of("touched")}
"""

MINUTES = "SELECT toStartOfHour(min(minute)), max(minute) FROM post_buckets_by_minute"

# All hours of a span in one go.
HOURS = f"""
INSERT INTO hour_buckets (hour, account_id, platform, {", ".join(ADDITIVE)}, newest_at, version)
SELECT hour, account_id, platform, {sql.UNPACKED}, newest, {{version:UInt64}}
FROM
(
    SELECT toStartOfHour(minute) AS hour, account_id, platform, sumForEach({sql.STORED}) AS now_holds,
        max(newest_at) AS newest
    FROM post_buckets_by_minute FINAL
    WHERE minute >= {{start:DateTime('UTC')}} AND minute < {{until:DateTime('UTC')}}
    GROUP BY hour, account_id, platform
)
"""
