"""A ranking of all active accounts, made from scores wherever they were read. Pure."""

from collections.abc import Iterable, Mapping

from services.api import schemas
from services.api.rows import Account
from services.contracts.events import ScorePart, ScoreParts
from services.rules.rulebook import Metric, Rules
from services.rules.score import AccountScore, Part


def ranking(
    accounts: Iterable[Account],
    scores: Mapping[str, AccountScore],
    ranks_before: Mapping[str, int | None],
    rules: Rules,
) -> list[schemas.Score]:
    """Ranked accounts in order of rank, then the others by score; every account is listed."""
    listed = [
        _listed(account, scores.get(account.account_id) or no_score(account.account_id, rules), ranks_before)
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
        parts={metric: Part(None, None, rules.weights[metric], None) for metric in Metric},
        positive=0,
        neutral=0,
        negative=0,
        simulated=False,
        newest_event_at=None,
    )


def _listed(account: Account, score: AccountScore, ranks_before: Mapping[str, int | None]) -> schemas.Score:
    return schemas.Score(
        account_id=account.account_id,
        name=account.name,
        short_name=account.short_name,
        kind=account.kind,
        rank=score.rank,
        rank_before=ranks_before.get(account.account_id),
        score=score.score,
        completeness=score.completeness,
        incomplete=score.incomplete,
        parts=ScoreParts(**{metric.value: _part(score.parts[metric]) for metric in Metric}),
        sentiment=schemas.Sentiment(positive=score.positive, neutral=score.neutral, negative=score.negative),
        newest_event_at=score.newest_event_at,
        group=score.group,
        posts_missing=score.posts_missing,
    )


def _part(part: Part) -> ScorePart:
    return ScorePart(raw=part.raw, normalised=part.normalised, weight=part.weight, points=part.points)


def _place(score: schemas.Score) -> tuple[bool, int, float, str]:
    """Ranked first; the others by score, those without one last."""
    points = -1.0 if score.score is None else score.score
    return (score.rank is None, score.rank or 0, -points, score.account_id)
