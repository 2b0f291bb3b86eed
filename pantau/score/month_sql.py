"""Which period a fact belongs to, as SQL. The periods themselves are in `windows`.

A month is that of a post's publication (Asia/Jakarta) and takes in what happens to the post until it is
mature; what belongs to no known post counts in the month in which it happened.
"""

from datetime import timedelta

from pantau.score.windows import MATURITY

_HOURS = MATURITY // timedelta(hours=1)


def during(instant: str) -> str:
    """Whether an instant lies in [{start}, {until})."""
    return f"{instant} >= {{start:DateTime('UTC')}} AND {instant} < {{until:DateTime('UTC')}}"


def in_month(instant: str, *, known: str, published: str) -> str:
    """Whether a fact belongs to the month [{start}, {until}) that matures at {closes}.

    `known`: its post is; `published`: in this month.
    """
    return f"if({known}, ({published}) AND {instant} < {{closes:DateTime('UTC')}}, {during(instant)})"


def month_rows(minutes: str, posts: str) -> str:
    """The rows of `minutes` (account_id, platform, post_id, minute, figures, newest_at) that belong to a
    month, with it. `posts` names those that they are of.
    """
    return f"""
SELECT if(known, toStartOfMonth(published_at, 'Asia/Jakarta'), toStartOfMonth(minute, 'Asia/Jakarta'))
        AS month,
    account_id, platform, post_id, figures, newest_at
FROM ({minutes}) AS buckets
LEFT JOIN
(
    SELECT account_id, platform, post_id, published_at, true AS known FROM posts FINAL
    WHERE (account_id, platform, post_id) IN {posts}
) AS origin USING (account_id, platform, post_id)
WHERE NOT known OR minute < toDateTime(addMonths(month, 1), 'Asia/Jakarta') + INTERVAL {_HOURS} HOUR
"""
