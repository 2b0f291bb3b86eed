"""What the rules say of posts: their figures by minute, from the facts. SQL.

Reads whole posts: those of `posts`, a CTE's name or a subquery in brackets of account_id, platform, post_id.
`post_days` and `answers` only say where to look; what holds is read from the facts.
"""

from typing import Any

from pantau.score import comment_sql
from pantau.score.bucket_sums import ADDITIVE
from pantau.score.comment_sql import NEWEST_AT, counted_comments, of
from pantau.score.rules import Rules

_EPOCH = "toDateTime64(0, 6, 'UTC')"


def counting_parameters(rules: Rules) -> dict[str, Any]:
    """What the statements are bound to."""
    return {**comment_sql.counting_parameters(rules), "per_day": rules.max_posts_per_day}


def _figures(**given: str) -> str:
    """The additive columns in order as one array, those not given as zero."""
    return f"[{', '.join(f'toUInt64({given.get(name, 0)})' for name in ADDITIVE)}]"


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


def _readings(posts: str) -> str:
    return f"""
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
    newest_at
FROM
(
    SELECT account_id, platform, post_id, observed_at, {NEWEST_AT}, simulated, definition_version,
        views, likes, comments,
        {_before("views")}, {_before("likes")}, {_before("comments")}
    FROM metric_readings FINAL
    WHERE {of(posts)}
    WINDOW earlier AS (PARTITION BY account_id, platform, post_id ORDER BY observed_at
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS readings
LEFT JOIN
(
    SELECT account_id, platform, post_id, published_at >= onboarded_at AS in_full
    FROM posts FINAL
    INNER JOIN (SELECT account_id, onboarded_at FROM accounts FINAL) AS known USING (account_id)
    WHERE {of(posts)}
) AS origin USING (account_id, platform, post_id)
"""


# A person's word holds over the model's, whichever came first; which comments count does not depend on it.
def _comments(posts: str) -> str:
    return f"""
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
    newest_at
FROM
(
    SELECT account_id, platform, post_id, created_at, newest_at, simulated, eligible, counts,
        if(corrected = '', label, corrected) AS holds
    FROM ({counted_comments(posts)}) AS judged
    LEFT JOIN
    (
        SELECT account_id, platform, post_id, comment_id, toString(label) AS corrected
        FROM label_corrections FINAL WHERE {of(posts)}
    ) AS corrections USING (account_id, platform, post_id, comment_id)
)
"""


def _answers(comment: str, posts: str) -> str:
    """Which comments are answers of the account, or were once, and to which."""
    return f"SELECT account_id, platform, post_id, {comment} FROM answers WHERE {of(posts)}"


def _replies(posts: str) -> str:
    return f"""
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
        FROM comments FINAL
        WHERE (account_id, platform, post_id, comment_id) IN ({_answers("parent_id", posts)})
            AND NOT by_account
    ) AS asked
    INNER JOIN
    (
        SELECT account_id, platform, post_id, parent_id AS comment_id, created_at
        FROM comments AS c FINAL
        WHERE (account_id, platform, post_id, c.comment_id) IN ({_answers("comment_id", posts)})
            AND by_account AND NOT deleted AND parent_id != ''
    ) AS answer USING (account_id, platform, post_id, comment_id)
    GROUP BY account_id, platform, post_id, comment_id
)
"""


_DAY = "toDate(published_at, 'Asia/Jakarta')"


def _days(posts: str) -> str:
    """Without FINAL: a day too many does no harm, each is looked at as a whole."""
    return f"SELECT account_id, platform, {_DAY} FROM posts WHERE {of(posts)}"


def _days_before(posts: str) -> str:
    """A post that was moved to another day left one in which others may gain its place, if it had one."""
    return f"""
    SELECT account_id, platform, toDate(minute, 'Asia/Jakarta')
    FROM post_buckets WHERE {of(posts)} AND posts > 0
"""


def _published(days: str) -> str:
    """Posts that are, or once were, published on these days (account_id, platform, day), with the day."""
    return f"""
    SELECT account_id, platform, post_id, day FROM post_days WHERE (account_id, platform, day) IN ({days})
"""


def _of_days(days: str) -> str:
    """All posts of these days (Asia/Jakarta). The first of each day and platform count."""
    return f"""
SELECT account_id, platform, post_id, published_at, {NEWEST_AT}, simulated,
    NOT deleted AND row_number() OVER (
        PARTITION BY account_id, platform, deleted, {_DAY}
        ORDER BY published_at, post_id
    ) <= {{per_day:UInt32}} AS counted
FROM posts FINAL
WHERE (account_id, platform, post_id, {_DAY}) IN ({_published(days)})
"""


def counted_posts(posts: str) -> str:
    """Which of the posts count."""
    return f"SELECT * FROM ({_of_days(_days(posts))}) WHERE {of(posts)}"


def _publications(posts: str) -> str:
    return f"""
SELECT account_id, platform, post_id, toStartOfMinute(published_at) AS minute,
    {_figures(posts="counted", simulated="simulated")} AS figures, newest_at
FROM ({counted_posts(posts)})
"""


def flags_that_differ(posts: str) -> str:
    """Whether each post of the days in question counts, where `post_flags` does not say the same."""
    days = f"{_days(posts)} UNION ALL {_days_before(posts)}"
    return f"""
SELECT account_id, platform, post_id, counted FROM ({_of_days(days)})
WHERE (account_id, platform, post_id, counted) NOT IN
(
    SELECT account_id, platform, post_id, counted FROM post_flags FINAL
    WHERE (account_id, platform, post_id) IN (SELECT * EXCEPT (day) FROM ({_published(days)}))
)
"""


def minutes(posts: str) -> str:
    """account_id, platform, post_id, minute, figures, newest_at of the posts; several rows a minute."""
    return " UNION ALL ".join((_readings(posts), _comments(posts), _replies(posts), _publications(posts)))
