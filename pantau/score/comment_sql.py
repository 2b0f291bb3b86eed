"""Comments with what the rules say of each: which are flagged, and which count. SQL that all readers share.

It reads whole posts and nothing else: those of `posts`, a CTE's name or a subquery in brackets of account_id,
platform, post_id. The counting rules do not depend on each other: a comment counts when none stops it.
"""

from typing import Any

from pantau.contracts.fields import Flag, Verdict
from pantau.score.rules import Rules

_POST = "account_id, platform, post_id"
_POST_HASH = f"sipHash64({_POST})"
# An observation of the future tells of nothing later than its arrival: a sender's clock makes nothing newer.
NEWEST_AT = "least(observed_at, received_at) AS newest_at"


def of(posts: str) -> str:
    """Whether a row is one of `posts`."""
    return f"({_POST}) IN {posts}"


# Windows over 64-bit hashes: sorting by ids and pseudonyms took two to three times as long. Their orders
# begin alike, so that two sorts do for all of them.
def _ranked(posts: str) -> str:
    return f"""
SELECT *,
    row_number() OVER (PARTITION BY post, person, eligible ORDER BY created_at, comment_id) AS place,
    row_number() OVER (PARTITION BY post, text_print, eligible ORDER BY created_at, comment_id) AS copy,
    uniqExactIf(person, person != 0) OVER (PARTITION BY post, text_print, eligible) AS copyists,
    countIf(eligible AND text_print != 0) OVER (PARTITION BY post) AS readable,
    countIf(eligible AND is_short) OVER (PARTITION BY post) AS short
FROM
(
    SELECT {_POST}, comment_id, author, text, text_print, words, label, created_at, {NEWEST_AT}, simulated,
        deleted, by_account, NOT deleted AND NOT by_account AS eligible,
        text_print != 0 AND words <= 1 AS is_short,
        {_POST_HASH} AS post, if(author = '', 0, sipHash64(author)) AS person
    FROM comments FINAL
    WHERE {of(posts)}
)
"""


def _reviewed(verdict: Verdict) -> str:
    return f"groupArrayIf(toString(flag), verdict = '{verdict}') AS {verdict}"


def _verdicts(posts: str) -> str:
    return f"""
SELECT {_POST_HASH} AS post, {_reviewed(Verdict.OVERTURNED)}, {_reviewed(Verdict.UPHELD)}
FROM flag_reviews FINAL WHERE {of(posts)} GROUP BY post
"""


def _giveaways(posts: str) -> str:
    return f"SELECT {_POST_HASH} FROM posts FINAL WHERE {of(posts)} AND giveaway"


def _holds(flag: Flag, discounts: str) -> str:
    """Whether a flag that was raised takes comments from the score: by rule, or as a person decided."""
    return f"({discounts} OR has(upheld, '{flag}')) AND NOT has(overturned, '{flag}')"


def counted_comments(posts: str) -> str:
    """A row a comment. `repeated`, `copied`, `flat`: what a flag is about; `stopped_by_…`: left out."""
    return f"""
SELECT {_POST}, comment_id, author, text, text_print, words, label, created_at, newest_at, simulated,
    deleted, by_account, eligible, person, readable,
    post IN ({_giveaways(posts)}) AS giveaway,
    eligible AND post_id != '' AS ruled,
    ruled AND person != 0 AND place > {{per_author:UInt32}} AS repeated,
    ruled AND text_print != 0 AND words >= {{copied_words:UInt32}} AND copyists >= {{copied_authors:UInt32}}
        AS copied,
    ruled AND is_short AND readable >= {{short_comments:UInt32}}
        AND short * 1000 >= readable * {{short_thousandths:UInt32}} AS flat,
    repeated AND {_holds(Flag.REPEATED_AUTHOR, "true")} AS stopped_by_repeated,
    copied AND copy > 1 AND {_holds(Flag.COPIED_TEXT, "{copied_discount:Bool}")} AS stopped_by_copied,
    flat AND {_holds(Flag.ONE_WORD, "{short_discount:Bool}")} AS stopped_by_flat,
    stopped_by_repeated + stopped_by_copied + stopped_by_flat AS stops,
    eligible AND NOT giveaway AND stops = 0 AS counts
FROM ({_ranked(posts)}) AS said
LEFT JOIN ({_verdicts(posts)}) AS verdicts USING (post)
"""


def counting_parameters(rules: Rules) -> dict[str, Any]:
    """What `counted_comments` is bound to."""
    copied, short = rules.flags.copied_text, rules.flags.one_word
    return {
        "per_author": rules.max_comments_per_author_and_post,
        "copied_authors": copied.authors,
        "copied_words": copied.words,
        "copied_discount": copied.discount,
        "short_comments": short.comments,
        "short_thousandths": short.thousandths,
        "short_discount": short.discount,
    }
