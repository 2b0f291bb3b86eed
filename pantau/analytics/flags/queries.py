"""SQL of flags on posts' comments: what is raised, what people decided, the audit trail.

Which comments a flag is about, and which it keeps from counting, is decided in pantau.score.comment_sql.
"""

from dataclasses import dataclass
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics import keyset
from pantau.analytics.flags.models import AuditedReview, FlagReview, FlagReviews
from pantau.analytics.flags.rows import FlagScope, Post, Raised
from pantau.analytics.keyset import Place
from pantau.contracts.fields import Flag, Platform
from pantau.runtime.clickhouse import nonzero, rows
from pantau.score import comment_sql
from pantau.score.fact_sums import PostKey
from pantau.score.rules import Rules

_POST = "account_id, platform, post_id"
_FLAG = f"{_POST}, flag"
_REVIEW = f"{_FLAG}, verdict, reviewed_by, reason, reviewed_at"
SAMPLES = 3
SAMPLE_CHARACTERS = 200

# Buckets tell where there were comments; a row that was replaced only names a post too many.
_OF_SPAN = f"""
SELECT DISTINCT {_POST} FROM post_buckets_by_minute
WHERE minute >= {{start:DateTime('UTC')}} AND minute < {{until:DateTime('UTC')}}
    AND comments_observed > 0 AND post_id != ''"""  # noqa: S608 - built from this module's own constants
_OF_MONTH = f"""
SELECT DISTINCT {_POST} FROM month_buckets
WHERE month = {{month:Date}} AND comments_observed > 0 AND post_id != ''"""  # noqa: S608 - as above
_OF_ACCOUNT = " AND account_id = {account:String}"
_ONE = "SELECT {account:String} AS account_id, {platform:String} AS platform, {post:String} AS post_id"


def _evidence(about: str, stopped: str) -> str:
    """Of the comments that a flag is about: how many, whose, when, what; how many would count without it."""
    return f"""(countIf({about}), uniqExactIf(person, {about} AND person != 0),
    uniqExactIf(text_print, {about}), minIf(created_at, {about}), maxIf(created_at, {about}),
    countIf({stopped} AND stops = 1),
    topKIf({SAMPLES})(leftUTF8(text, {SAMPLE_CHARACTERS}), {about} AND text != ''))"""


_ABOUT = {
    Flag.COPIED_TEXT: _evidence("copied", "stopped_by_copied"),
    Flag.ONE_WORD: _evidence("flat", "stopped_by_flat"),
    Flag.REPEATED_AUTHOR: _evidence("repeated", "stopped_by_repeated"),
}

_RAISED = f"""
WITH touched AS (%s)
SELECT {_POST}, any(readable), max(simulated), {", ".join(_ABOUT.values())}
FROM ({comment_sql.counted_comments("touched")})
WHERE eligible AND NOT giveaway
GROUP BY {_POST}
HAVING countIf(copied OR flat OR repeated) > 0
"""  # noqa: S608 - as above

# Rows that were replaced do no harm: what matters is when a person first wrote at all, deleted or not.
_NEW_AUTHORS = f"""
WITH touched AS (%s)
SELECT platform, post_id, max(burst), argMax(opened_at, burst), argMax(first_at, burst), max(simulated),
    topKIf({SAMPLES})(leftUTF8(said, {SAMPLE_CHARACTERS}), said != '')
FROM
(
    SELECT platform, post_id, first_at, said, simulated,
        min(first_at) OVER (PARTITION BY platform) AS began_at,
        count() OVER together AS burst, min(first_at) OVER together AS opened_at
    FROM
    (
        SELECT platform, author, min(created_at) AS first_at, max(simulated) AS simulated,
            argMin(post_id, (created_at, comment_id)) AS post_id,
            argMin(text, (created_at, comment_id)) AS said
        FROM comments
        WHERE account_id = {{account:String}} AND author != '' AND NOT by_account
        GROUP BY platform, author
    )
    WINDOW together AS (PARTITION BY platform, post_id ORDER BY toUnixTimestamp(first_at)
        RANGE BETWEEN %d PRECEDING AND CURRENT ROW)
)
WHERE first_at >= began_at + toIntervalDay({{known_days:UInt32}})
    AND ({{account:String}}, platform, post_id) IN touched
    AND ({{account:String}}, platform, post_id) NOT IN
        (SELECT {_POST} FROM posts FINAL WHERE ({_POST}) IN touched AND giveaway)
GROUP BY platform, post_id
HAVING max(burst) >= {{new_authors:UInt32}}
"""  # noqa: S608 - as above

_POSTS = f"""
WITH touched AS
(
    SELECT {_POST} FROM comments WHERE ({_POST}) IN {{posts:Array(Tuple(String, String, String))}}
)
SELECT {_POST}, observed, counted, published_at, permalink
FROM
(
    SELECT {_POST}, countIf(eligible) AS observed, countIf(counts) AS counted
    FROM ({comment_sql.counted_comments("touched")}) GROUP BY {_POST}
) AS said
LEFT JOIN (SELECT {_POST}, published_at, permalink FROM posts FINAL WHERE ({_POST}) IN touched) AS origin
    USING ({_POST})
"""  # noqa: S608 - as above

_VERDICTS = f"""
SELECT {_REVIEW} FROM flag_reviews FINAL
WHERE ({_POST}) IN {{posts:Array(Tuple(String, String, String))}}
"""  # noqa: S608 - as above

_AUDIT = f"""
SELECT {_REVIEW},
    ({_FLAG}, version) IN (SELECT {_FLAG}, max(version) FROM flag_reviews GROUP BY {_FLAG})
FROM flag_audit FINAL
WHERE true%s
ORDER BY {keyset.newest_first("reviewed_at", _FLAG)}
LIMIT {{limit:UInt32}}
"""  # noqa: S608 - as above
_BEFORE = f" AND {keyset.following('reviewed_at', _FLAG)}"


@dataclass(frozen=True, slots=True)
class Touched:
    """The posts that are looked at: a statement, and what it is bound to."""

    statement: str
    parameters: dict[str, Any]


def touched(wanted: FlagScope) -> Touched:
    bounds: dict[str, Any] = {"start": wanted.span.start, "until": wanted.span.until, "month": wanted.month}
    statement = _OF_MONTH if wanted.month else _OF_SPAN
    if wanted.account_id is None:
        return Touched(statement, bounds)
    return Touched(statement + _OF_ACCOUNT, bounds | {"account": wanted.account_id})


def one(post: PostKey) -> Touched:
    return Touched(_ONE, dict(zip(("account", "platform", "post"), post, strict=True)))


async def raised(client: AsyncClient, touched: Touched, rules: Rules) -> list[Raised]:
    """All but `new_authors`."""
    parameters = touched.parameters | comment_sql.counting_parameters(rules)
    return [
        _raised((account, Platform(platform), post), flag, *evidence, readable, simulated)
        for account, platform, post, readable, simulated, *about in await rows(
            client, _RAISED % touched.statement, **parameters
        )
        for flag, evidence in zip(_ABOUT, about, strict=True)
        if evidence[0]
    ]


def _raised(post: PostKey, flag: Flag, *evidence: Any) -> Raised:
    comments, authors, texts, first_at, last_at, not_counted, samples, readable, simulated = evidence
    return Raised(
        post=post,
        flag=flag,
        comments=comments,
        authors=authors,
        texts=texts if flag is Flag.COPIED_TEXT else None,
        first_at=first_at,
        last_at=last_at,
        not_counted=not_counted,
        samples=samples,
        readable=readable,
        simulated=simulated,
    )


async def new_authors(client: AsyncClient, account_id: str, touched: Touched, rules: Rules) -> list[Raised]:
    """Reads the whole history of the account, so that of one account alone."""
    burst = rules.flags.new_authors
    seconds = burst.minutes * 60
    parameters = touched.parameters | {"account": account_id, "new_authors": burst.authors}
    parameters |= {"known_days": burst.known_days}
    statement = _NEW_AUTHORS % (touched.statement, seconds - 1)
    return [
        Raised(
            post=(account_id, Platform(platform), post),
            flag=Flag.NEW_AUTHORS,
            comments=authors,
            authors=authors,
            texts=None,
            first_at=first_at,
            last_at=last_at,
            not_counted=0,
            samples=samples,
            readable=authors,
            simulated=simulated,
        )
        for platform, post, authors, first_at, last_at, simulated, samples in await rows(
            client, statement, **parameters
        )
    ]


async def posts(client: AsyncClient, of: list[PostKey], rules: Rules) -> dict[PostKey, Post]:
    """Those that have comments at all."""
    found = await rows(client, _POSTS, posts=of, **comment_sql.counting_parameters(rules))
    return {
        (account, Platform(platform), post): Post(observed, counted, nonzero(published_at), permalink or None)
        for account, platform, post, observed, counted, published_at, permalink in found
    }


async def verdicts(client: AsyncClient, of: list[PostKey]) -> dict[tuple[PostKey, Flag], FlagReview]:
    """The review that holds of each flag, withdrawals among them."""
    found = [FlagReview.model_validate(_stored(row)) for row in await rows(client, _VERDICTS, posts=of)]
    return {((each.account_id, each.platform, each.post_id), each.flag): each for each in found}


async def read_audit(client: AsyncClient, before: Place | None, limit: int) -> FlagReviews:
    """A page of every review that was ever made, newest first."""
    statement = _AUDIT % (_BEFORE if before else "")
    answer = await rows(client, statement, limit=limit + 1, **keyset.before(before))
    found = [AuditedReview.model_validate(_stored(row)) for row in answer]
    shown, following = keyset.page(found, limit, _place)
    return FlagReviews(reviews=list(shown), next=following)


def _stored(row: Any) -> dict[str, Any]:
    """An empty verdict is stored for a withdrawal."""
    stored = dict(zip((*_REVIEW.split(", "), "holds"), row, strict=False))
    return stored | {"verdict": stored["verdict"] or None}


def _place(of: AuditedReview) -> Place:
    return keyset.place(of.reviewed_at, of.account_id, of.platform, of.post_id, of.flag)
