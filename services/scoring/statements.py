"""All SQL of the scoring service. Values are bound parameters; only this module's own constants are built in.

Each derived table is written by one statement of the same shape: what the facts say now, against what is
stored, by key; rows that differ are written with absolute values. With `force` all rows are written, which
is how a flush is repeated after a crash.

What the rules say of the facts is written once and reads the posts named `touched`: each statement says
which these are (`FLUSHED` here, others in from_facts.py).
"""

from typing import Any

from services.rules import judged
from services.rules.judged import JUDGED
from services.rules.rulebook import Rules
from services.rules.sums import ADDITIVE

FLUSHED = (
    "WITH touched AS (SELECT account_id, platform, post_id FROM flush_posts WHERE flush_id = {flush:UInt64})"
)
IN_TOUCHED = "(account_id, platform, post_id) IN touched"
_IN_CALENDARS = "(account_id, platform) IN (SELECT account_id, platform FROM touched)"
_EPOCH = "toDateTime64(0, 6, 'UTC')"


def guards(rules: Rules) -> dict[str, Any]:
    """The parameters that the rules of counting are bound to."""
    return {**judged.guards(rules), "per_day": rules.max_posts_per_day}


def _figures(**given: str) -> str:
    """The additive columns in order as one array, those not given as zero."""
    return f"[{', '.join(f'toUInt64({given.get(name, 0)})' for name in ADDITIVE)}]"


STORED = f"[{', '.join(ADDITIVE)}]"
UNPACKED = ", ".join(f"now_holds[{i}] AS {name}" for i, name in enumerate(ADDITIVE, 1))


def _summed(which: str) -> str:
    """No row gives no array: zeros then."""
    return f"arrayResize(sumForEachIf(figures, {which}), {len(ADDITIVE)}, toUInt64(0))"


def _difference(table: str, keys: str, computed: str, stored: str, version: str = "version") -> str:
    """INSERT of the rows of `computed` that differ from `stored`; both give keys, figures, newest_at.

    `version` names the parameter that says when what is computed from was complete.
    """
    return f"""
INSERT INTO {table} ({keys}, {", ".join(ADDITIVE)}, newest_at, version)
{FLUSHED}
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


# Gain: this reading less the last one that gave the metric, never negative, and nothing where the platform
# counted by another definition then. A first reading counts in full when the post was published after its
# account was onboarded; otherwise it is the baseline.
def _gain(metric: str) -> str:
    return (
        f"multiIf({metric} IS NULL, 0, {metric}_before IS NOT NULL, "
        f"if({metric} > {metric}_before AND definition_version = {metric}_definition, "
        f"{metric} - {metric}_before, 0), in_full, {metric}, 0)"
    )


def _before(metric: str) -> str:
    return (
        f"anyLast({metric}) OVER earlier AS {metric}_before, "
        f"anyLastIf(definition_version, {metric} IS NOT NULL) OVER earlier AS {metric}_definition"
    )


_READINGS = f"""
SELECT account_id, platform, post_id, toStartOfMinute(observed_at) AS minute,
    {
    _figures(
        views=_gain("views"),
        likes=_gain("likes"),
        comments_reported=_gain("comments"),
        views_readings="views IS NOT NULL",
        likes_readings="likes IS NOT NULL",
        comments_readings="comments IS NOT NULL",
        simulated="simulated",
    )
} AS figures,
    observed_at AS newest_at
FROM
(
    SELECT account_id, platform, post_id, observed_at, simulated, definition_version, views, likes, comments,
        {_before("views")}, {_before("likes")}, {_before("comments")}
    FROM metric_readings FINAL
    WHERE {IN_TOUCHED}
    WINDOW earlier AS (PARTITION BY account_id, platform, post_id ORDER BY observed_at
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS readings
LEFT JOIN
(
    SELECT account_id, platform, post_id, published_at >= onboarded_at AS in_full
    FROM posts FINAL
    INNER JOIN (SELECT account_id, onboarded_at FROM accounts FINAL) AS known USING (account_id)
    WHERE {IN_TOUCHED}
) AS origin USING (account_id, platform, post_id)
"""

# A person's word holds over the model's, whichever came first; which comments count does not depend on it.
_COMMENTS = f"""
SELECT account_id, platform, post_id, toStartOfMinute(created_at) AS minute,
    {
    _figures(
        comments="counts",
        comments_observed="eligible",
        simulated="simulated",
        positive="counts AND holds = 'positive'",
        neutral="counts AND holds = 'neutral'",
        negative="counts AND holds = 'negative'",
    )
} AS figures,
    observed_at AS newest_at
FROM
(
    SELECT account_id, platform, post_id, created_at, observed_at, simulated, eligible, counts,
        if(corrected = '', label, corrected) AS holds
    FROM ({JUDGED}) AS judged
    LEFT JOIN
    (
        SELECT account_id, platform, post_id, comment_id, toString(label) AS corrected
        FROM label_corrections FINAL WHERE {IN_TOUCHED}
    ) AS corrections USING (account_id, platform, post_id, comment_id)
)
"""

_REPLIES = f"""
SELECT account_id, platform, post_id, toStartOfMinute(replied_at) AS minute,
    {_figures(replies="1", reply_seconds="greatest(0, dateDiff('second', asked_at, replied_at))")} AS figures,
    {_EPOCH} AS newest_at
FROM
(
    SELECT account_id, platform, post_id, asked.comment_id AS comment_id,
        any(asked.created_at) AS asked_at, min(answer.created_at) AS replied_at
    FROM
    (
        SELECT account_id, platform, post_id, comment_id, created_at
        FROM comments FINAL WHERE {IN_TOUCHED} AND NOT by_account
    ) AS asked
    INNER JOIN
    (
        SELECT account_id, platform, post_id, parent_id AS comment_id, created_at
        FROM comments FINAL WHERE {IN_TOUCHED} AND by_account AND NOT deleted AND parent_id != ''
    ) AS answer USING (account_id, platform, post_id, comment_id)
    GROUP BY account_id, platform, post_id, comment_id
)
"""

_DAY = "toDate(published_at, 'Asia/Jakarta')"
# A post counts when it is among the first of its day (Asia/Jakarta) on its platform.
COUNTED = f"""
SELECT account_id, platform, post_id, published_at, observed_at, simulated,
    NOT deleted AND row_number() OVER (
        PARTITION BY account_id, platform, deleted, {_DAY}
        ORDER BY published_at, post_id
    ) <= {{per_day:UInt32}} AS counted
FROM posts FINAL
WHERE {_IN_CALENDARS}
"""

_PUBLICATIONS = f"""
SELECT account_id, platform, post_id, toStartOfMinute(published_at) AS minute,
    {_figures(posts="counted", simulated="simulated")} AS figures, observed_at AS newest_at
FROM ({COUNTED} AND (account_id, platform, {_DAY}) IN (
    SELECT account_id, platform, {_DAY} FROM posts FINAL WHERE {IN_TOUCHED}
))
WHERE {IN_TOUCHED}
"""

# account_id, platform, post_id, minute, figures, newest_at of the touched posts; several rows a minute.
BUCKETS = f"{_READINGS} UNION ALL {_COMMENTS} UNION ALL {_REPLIES} UNION ALL {_PUBLICATIONS}"

POST_BUCKETS = _difference(
    "post_buckets",
    "account_id, platform, post_id, minute",
    BUCKETS,
    f"SELECT account_id, platform, post_id, minute, {STORED} AS figures, newest_at"
    f" FROM post_buckets FINAL WHERE {IN_TOUCHED}",
)

_CHANGED_HOURS = f"""(
    SELECT DISTINCT toStartOfHour(minute), account_id, platform
    FROM post_buckets WHERE version = {{version:UInt64}} AND {IN_TOUCHED}
)"""

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


def months(buckets: str) -> str:
    """What a minute of a post belongs to: the month of publication until that month closes, or, where the
    post is not known (or there is none), the minute's own month. One row per row of `buckets`.
    """
    return f"""
SELECT if(known, toStartOfMonth(published_at, 'Asia/Jakarta'), toStartOfMonth(minute, 'Asia/Jakarta'))
        AS month,
    account_id, platform, post_id, figures, newest_at
FROM ({buckets}) AS buckets
LEFT JOIN
(
    SELECT account_id, platform, post_id, published_at, true AS known FROM posts FINAL WHERE {IN_TOUCHED}
) AS origin USING (account_id, platform, post_id)
WHERE NOT known OR minute < toDateTime(addMonths(month, 1), 'Asia/Jakarta') + INTERVAL 72 HOUR
"""


MONTH_BUCKETS = _difference(
    "month_buckets",
    "month, account_id, platform, post_id",
    months(
        f"SELECT account_id, platform, post_id, minute, {STORED} AS figures, newest_at"
        f" FROM post_buckets FINAL WHERE {IN_TOUCHED}"
    ),
    f"SELECT month, account_id, platform, post_id, {STORED} AS figures, newest_at"
    f" FROM month_buckets FINAL WHERE {IN_TOUCHED}",
)

# An hour adds up posts of several flushes, so its version is taken once this flush's own minutes are written:
# of two that write one hour at once, the later has seen the minutes of both.
CHANGED_HOURS = f"""
{FLUSHED}
SELECT count(), min(toStartOfHour(minute)), max(toStartOfHour(minute)),
    toUInt64(toUnixTimestamp64Micro(now64(6)))
FROM post_buckets WHERE version = {{version:UInt64}} AND {IN_TOUCHED}
"""

CHANGED_MONTHS = f"""
{FLUSHED}
SELECT DISTINCT month FROM month_buckets WHERE version = {{version:UInt64}} AND {IN_TOUCHED}
"""

# Posts whose counting changed because another post of their day came, went or moved.
CHANGED_FLAGS = f"""
{FLUSHED}
SELECT account_id, platform, post_id, counted FROM ({COUNTED})
WHERE (account_id, platform, post_id, counted) NOT IN
(
    SELECT account_id, platform, post_id, counted FROM post_flags FINAL
    WHERE {_IN_CALENDARS}
)
"""

POSTS_OF_ACCOUNTS = (
    "SELECT account_id, platform, post_id FROM posts FINAL WHERE account_id IN {accounts:Array(String)}"
)

SERVER_MICROSECONDS = "SELECT toUInt64(toUnixTimestamp64Micro(now64(6)))"

# The version of a flush, and the guards that the stored buckets were made with.
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

ALL_MONTHS = "SELECT DISTINCT month FROM month_buckets"
