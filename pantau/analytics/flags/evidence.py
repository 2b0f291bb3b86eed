"""From rows to the bodies of answers about flags. Pure."""

from pantau.analytics.flags.models import Evidence, FlagReview, RaisedFlag
from pantau.analytics.flags.rows import Post, Raised
from pantau.contracts.fields import Flag, Verdict
from pantau.score.rules import Rules

DECIMALS = 4


def raised_flag(raised: Raised, post: Post, last: FlagReview | None, rules: Rules) -> RaisedFlag:
    account_id, platform, post_id = raised.post
    review = last if last is not None and last.verdict else None
    verdict = review.verdict if review else None
    share = raised.comments / raised.readable if raised.flag is Flag.ONE_WORD else None
    return RaisedFlag(
        account_id=account_id,
        platform=platform,
        post_id=post_id,
        flag=raised.flag,
        permalink=post.permalink,
        published_at=post.published_at,
        evidence=Evidence(
            comments=raised.comments,
            authors=raised.authors,
            texts=raised.texts,
            share=None if share is None else round(share, DECIMALS),
            first_at=raised.first_at,
            last_at=raised.last_at,
            samples=raised.samples,
        ),
        discounted=discounts(raised.flag, verdict, rules),
        comments_not_counted=raised.not_counted,
        comments_observed=post.observed,
        comments_counted=post.counted,
        simulated=raised.simulated,
        verdict=verdict,
        reason=review.reason if review else None,
        reviewed_by=review.reviewed_by if review else None,
        reviewed_at=review.reviewed_at if review else None,
    )


def discounts(flag: Flag, verdict: Verdict | None, rules: Rules) -> bool:
    """As pantau.score.comment_sql has it."""
    by_rule = {
        Flag.COPIED_TEXT: rules.flags.copied_text.discount,
        Flag.ONE_WORD: rules.flags.one_word.discount,
        Flag.REPEATED_AUTHOR: True,
        Flag.NEW_AUTHORS: False,
    }
    if flag is Flag.NEW_AUTHORS or verdict is None:
        return by_rule[flag]
    return verdict is Verdict.UPHELD
