"""A board: the ranking of one span, and what its figures stand for. Pure."""

from collections.abc import Mapping
from datetime import date, datetime

from pantau.analytics.accounts.registry import Registry
from pantau.analytics.models import BoardStatus
from pantau.analytics.official.months import accounts_of
from pantau.analytics.ranking.models import Scores
from pantau.analytics.ranking.queries import Figures, StoredScores, Tick
from pantau.analytics.ranking.ranking import ranking
from pantau.score.official import FrozenScores
from pantau.score.rules import Rules
from pantau.score.windows import Span, Window, closes_at, month_span

NO_RANKS: Mapping[str, int | None] = {}


def stands_for(stored: StoredScores | None, tick: Tick | None) -> datetime | None:
    """Scores that did not change keep their row; the last computation of all says what they stand for."""
    if stored is None:
        return None
    return max(stored.at, tick.at) if tick else stored.at


def month_board(
    registry: Registry, figures: Figures, rules: Rules, month: date, *, at: datetime, now: datetime
) -> Scores:
    """A month that is not frozen."""
    span, closed = month_span(month), closes_at(month)
    return board(
        registry,
        figures,
        rules,
        span,
        at=min(at, closed),
        status="provisional" if now < closed else "past",
        month=month,
        minimum_posts=rules.minimum_posts if span.until <= now else 0,
    )


def frozen_board(registry: Registry, frozen: FrozenScores, rules: Rules) -> Scores:
    """An official month."""
    revision = frozen.revision
    return board(
        registry,
        Figures(frozen.scores, revision.rules_version, revision.normaliser),
        rules,
        month_span(revision.month),
        at=closes_at(revision.month),
        status="official",
        month=revision.month,
        frozen=frozen,
        minimum_posts=rules.minimum_posts,
    )


def board(
    registry: Registry,
    figures: Figures,
    rules: Rules,
    span: Span,
    *,
    at: datetime,
    status: BoardStatus,
    window: Window | None = None,
    month: date | None = None,
    ranks_before: Mapping[str, int | None] = NO_RANKS,
    frozen: FrozenScores | None = None,
    minimum_posts: int = 0,
) -> Scores:
    """Of the active accounts, or of those that were ranked when the month was frozen."""
    listed = accounts_of(frozen, registry) if frozen else registry.active
    shown = [figures.scores[a.account_id] for a in listed if a.account_id in figures.scores]
    return Scores(
        window=window.value if window else None,
        month=f"{month:%Y-%m}" if month else None,
        at=at,
        starts_at=span.start,
        ends_at=span.until,
        status=status,
        revision=frozen.revision.revision if frozen else None,
        sha256=frozen.revision.sha256 if frozen else None,
        rules_version=figures.rules_version,
        normaliser=figures.normaliser,
        newest_event_at=registry.newest_event_at,
        newest_received_at=registry.newest_received_at,
        simulated=any(score.simulated for score in shown),
        scores=ranking(
            listed, figures.scores, ranks_before, registry.data, rules, minimum_posts=minimum_posts
        ),
    )
