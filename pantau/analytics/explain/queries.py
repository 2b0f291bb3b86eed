"""SQL behind one account's explanation: its rows alone, found by the start of each table's sorting key.

What services.scoring writes into the buckets counts the same; a test holds the two equal.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.contracts.fields import Platform
from pantau.runtime.clickhouse import rows
from pantau.score.bucket_sums import ADDITIVE
from pantau.score.comment_sql import counted_comments, counting_parameters
from pantau.score.formula import Sums
from pantau.score.month_sql import during, in_month
from pantau.score.rules import Metric, Rules
from pantau.score.windows import Span, closes_at, month_of

TEXT_BEGINNING = 160

_TOTALS = ", ".join(f"sum({name})" for name in ADDITIVE)

POSTS_OF_SPAN = f"""
SELECT platform, post_id, {_TOTALS}
FROM post_buckets FINAL
WHERE account_id = {{account:String}} AND {during("minute")}
GROUP BY platform, post_id
"""  # noqa: S608 - built from this module's own constants

POSTS_OF_MONTH = f"""
SELECT platform, post_id, {_TOTALS}
FROM month_buckets FINAL
WHERE month = {{month:Date}} AND account_id = {{account:String}}
GROUP BY platform, post_id
"""  # noqa: S608 - built from this module's own constants

PUBLISHED = f"""
SELECT platform, post_id, published_at, deleted, place > {{per_day:UInt32}}
FROM
(
    SELECT platform, post_id, published_at, deleted, row_number() OVER (
        PARTITION BY platform, deleted, toDate(published_at, 'Asia/Jakarta') ORDER BY published_at, post_id
    ) AS place
    FROM posts FINAL
    WHERE account_id = {{account:String}}
)
WHERE {during("published_at")}
ORDER BY published_at
"""  # noqa: S608 - built from this module's own constants

_ORIGIN = """
LEFT JOIN
(
    SELECT platform, post_id, published_at, published_at >= onboarded_at AS in_full, true AS known
    FROM posts FINAL
    LEFT JOIN (SELECT account_id, onboarded_at FROM accounts FINAL) AS registered USING (account_id)
    WHERE account_id = {account:String}
) AS origin USING (platform, post_id)
"""

# Counting rules look at whole posts: at all whose comments may be of the span.
_SAID_ON = f"""
SELECT account_id, platform, post_id FROM comments
WHERE account_id = {{account:String}} AND {during("created_at")}
"""  # noqa: S608 - built from this module's own constants
_SAID_ON_COHORT = f"""
{_SAID_ON} UNION ALL
SELECT account_id, platform, post_id FROM posts
WHERE account_id = {{account:String}} AND {during("published_at")}
"""  # noqa: S608 - built from this module's own constants

# A comment that several rules stop is told under the first of them.
_REASON = """multiIf(deleted, 'deleted', by_account, 'by_account', giveaway, 'on_giveaways',
    stopped_by_repeated, 'above_cap', stopped_by_copied, 'copied_text', stopped_by_flat, 'one_word',
    'counted')"""

COMMENTS = f"""
WITH touched AS (SELECT DISTINCT account_id, platform, post_id FROM (%(said_on)s))
SELECT platform, reason, count(), countIf(text_print != 0),
    countIf(text_print != 0 AND words > 1 AND holds != 'negative')
FROM
(
    SELECT platform, text_print, words, {_REASON} AS reason, if(corrected = '', label, corrected) AS holds,
        %(within)s AS within
    FROM ({counted_comments("touched")}) AS judged
    %(origin)s
    LEFT JOIN
    (
        SELECT platform, post_id, comment_id, toString(label) AS corrected
        FROM label_corrections FINAL WHERE account_id = {{account:String}}
    ) AS corrections USING (platform, post_id, comment_id)
)
WHERE within
GROUP BY platform, reason
"""  # noqa: S608 - built from constants of this module and pantau.score.comment_sql

READINGS = """
SELECT platform, metric,
    countIf(fell), sumIf(before - value, fell), countIf(baseline), sumIf(value, baseline), countIf(redefined)
FROM
(
    SELECT platform, metric, value, before, place,
        place > 1 AND defined_before = definition_version AND value < before AS fell,
        place = 1 AND NOT in_full AND value > 0 AS baseline,
        place > 1 AND defined_before != definition_version AS redefined
    FROM
    (
        SELECT platform, post_id, metric, observed_at, value, definition_version,
            row_number() OVER earlier AS place,
            lagInFrame(value) OVER earlier AS before,
            lagInFrame(definition_version) OVER earlier AS defined_before
        FROM
        (
            SELECT platform, post_id, observed_at, definition_version,
                given.1 AS metric, assumeNotNull(given.2) AS value
            FROM (SELECT * FROM metric_readings FINAL WHERE account_id = {account:String}) AS readings
            ARRAY JOIN [('views', views), ('likes', likes), ('comments', comments)] AS given
            WHERE given.2 IS NOT NULL
        )
        WINDOW earlier AS (PARTITION BY platform, post_id, metric ORDER BY observed_at
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ) AS gained
    %(origin)s
    WHERE %(within)s
)
GROUP BY platform, metric
"""

POST_TEXTS = f"""
SELECT platform, post_id, published_at, leftUTF8(text, {TEXT_BEGINNING}), lengthUTF8(text) > {TEXT_BEGINNING},
    permalink, giveaway, deleted
FROM posts FINAL
WHERE account_id = {{account:String}} AND post_id IN {{posts:Array(String)}}
"""  # noqa: S608 - built from this module's own constants


@dataclass(frozen=True, slots=True)
class Published:
    """A post published in the span. `beyond`: more than the day's limit were published before it."""

    platform: Platform
    post_id: str
    published_at: datetime
    deleted: bool
    beyond: bool


@dataclass(frozen=True, slots=True)
class CommentCounts:
    """Comments of one kind. `worded`: how many words they have is known; `conversing`: several, and the
    comment is not negative.
    """

    comments: int = 0
    worded: int = 0
    conversing: int = 0


@dataclass(frozen=True, slots=True)
class Readings:
    """What readings of one metric did not give: amounts are in the metric's own unit."""

    fallen: int = 0
    fallen_amount: int = 0
    baselines: int = 0
    baseline_amount: int = 0
    redefined: int = 0


@dataclass(frozen=True, slots=True)
class PostText:
    published_at: datetime
    beginning: str
    shortened: bool
    permalink: str
    giveaway: bool
    deleted: bool


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What is stored of one account in one span."""

    posts: Mapping[tuple[Platform, str], Sums]
    published: list[Published]
    comments: dict[tuple[Platform, str], CommentCounts]  # by why they do not count, or `counted`
    readings: dict[tuple[Platform, Metric], Readings]

    @property
    def platforms(self) -> set[Platform]:
        return {platform for platform, _ in self.posts} | {post.platform for post in self.published}

    @property
    def sums(self) -> dict[Platform, Sums]:
        """Of all posts together; `newest_at` is not known of them."""
        of: dict[Platform, list[Sums]] = defaultdict(list)
        for (platform, _), sums in self.posts.items():
            of[platform].append(sums)
        return {
            platform: _sums([sum(getattr(one, name) for one in sums) for name in ADDITIVE])
            for platform, sums in of.items()
        }


async def read_window(client: AsyncClient, account_id: str, span: Span, rules: Rules) -> AccountFacts:
    bounds = _bounds(account_id, span, rules)
    return await _read(client, POSTS_OF_SPAN, during, _SAID_ON, bounds)


async def read_month(client: AsyncClient, account_id: str, span: Span, rules: Rules) -> AccountFacts:
    """`span` is the whole month's."""
    month = month_of(span.start)
    bounds = _bounds(account_id, span, rules) | {"month": month, "closes": closes_at(month)}
    return await _read(client, POSTS_OF_MONTH, _in_cohort, _SAID_ON_COHORT, bounds)


def _in_cohort(instant: str) -> str:
    return in_month(instant, known="known", published=during("published_at"))


async def read_texts(
    client: AsyncClient, account_id: str, posts: Iterable[str]
) -> dict[tuple[Platform, str], PostText]:
    found = await rows(client, POST_TEXTS, account=account_id, posts=sorted(set(posts)))
    return {(Platform(row[0]), row[1]): PostText(*row[2:]) for row in found}


async def _read(
    client: AsyncClient, posts: str, within: Callable[[str], str], said_on: str, bounds: dict[str, Any]
) -> AccountFacts:
    comments = COMMENTS % {"within": within("created_at"), "said_on": said_on, "origin": _ORIGIN}
    readings = READINGS % {"within": within("observed_at"), "origin": _ORIGIN}
    statements = (posts, PUBLISHED, comments, readings)
    by_post, published, said, read = await asyncio.gather(
        *(rows(client, one, **bounds) for one in statements)
    )
    return AccountFacts(
        posts={(Platform(row[0]), row[1]): _sums(row[2:]) for row in by_post},
        published=[Published(Platform(row[0]), *row[1:]) for row in published],
        comments={(Platform(row[0]), row[1]): CommentCounts(*row[2:]) for row in said},
        readings={(Platform(row[0]), Metric(row[1])): Readings(*row[2:]) for row in read},
    )


def _sums(totals: Sequence[Any]) -> Sums:
    return Sums(**dict(zip(ADDITIVE, totals, strict=True)))


def _bounds(account_id: str, span: Span, rules: Rules) -> dict[str, Any]:
    return {
        "account": account_id,
        "start": span.start,
        "until": span.until,
        "per_day": rules.max_posts_per_day,
        **counting_parameters(rules),
    }
