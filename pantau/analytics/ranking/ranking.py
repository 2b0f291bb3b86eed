"""A ranking of all active accounts, made from scores wherever they were read. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from pantau.analytics.accounts.registry import UNKNOWN, Account, AccountData
from pantau.analytics.models import Sentiment
from pantau.analytics.ranking import models
from pantau.contracts.events import ScorePart, ScoreParts
from pantau.score.formula import AccountScore
from pantau.score.rules import Metric, Rules


def ranking(
    accounts: Iterable[Account],
    scores: Mapping[str, AccountScore],
    ranks_before: Mapping[str, int | None],
    data: Mapping[str, AccountData],
    rules: Rules,
    *,
    minimum_posts: int = 0,
) -> list[models.Score]:
    """Ranked accounts in order of rank, then the others by score; every account is listed.

    `minimum_posts`: what an account without a score is short of, because its month has ended.
    """
    listed = [
        _listed(
            account,
            scores.get(account.account_id) or _unscored(account, rules, minimum_posts),
            ranks_before.get(account.account_id),
            data.get(account.account_id, UNKNOWN),
        )
        for account in accounts
    ]
    return sorted(listed, key=_place)


def no_score(account_id: str, rules: Rules) -> AccountScore:
    """What stands for an account that no score was ever computed for."""
    return AccountScore(
        account_id=account_id,
        score=None,
        rank=None,
        completeness=0.0,
        incomplete=True,
        parts={
            metric: ScorePart(raw=None, normalised=None, weight=rules.weights[metric], points=None)
            for metric in Metric
        },
        positive=0,
        neutral=0,
        negative=0,
        simulated=False,
        newest_event_at=None,
    )


def _unscored(account: Account, rules: Rules, minimum_posts: int) -> AccountScore:
    """As scoring will write it: the account was registered after the scores of its span were."""
    return replace(
        no_score(account.account_id, rules),
        group=rules.group_of(account.account_id, account.kind),
        posts_missing=minimum_posts,
    )


def newest_event(score: AccountScore, data: AccountData) -> datetime | None:
    """Of the figures of a score: buckets of before migration 0013 may have an instant of the future."""
    if score.newest_event_at is None or data.newest_event_at is None:
        return score.newest_event_at
    return min(score.newest_event_at, data.newest_event_at)


def _listed(
    account: Account, score: AccountScore, rank_before: int | None, data: AccountData
) -> models.Score:
    return models.Score(
        account_id=account.account_id,
        name=account.name,
        short_name=account.short_name,
        kind=account.kind,
        rank=score.rank,
        rank_before=rank_before,
        score=score.score,
        completeness=score.completeness,
        incomplete=score.incomplete,
        parts=ScoreParts(**score.parts),
        sentiment=Sentiment(positive=score.positive, neutral=score.neutral, negative=score.negative),
        newest_event_at=newest_event(score, data),
        newest_received_at=data.newest_received_at,
        group=score.group,
        posts_missing=score.posts_missing,
    )


def _place(score: models.Score) -> tuple[bool, int, float, str]:
    """Ranked first; the others by score, those without one last."""
    points = -1.0 if score.score is None else score.score
    return (score.rank is None, score.rank or 0, -points, score.account_id)
