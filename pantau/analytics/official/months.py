"""Official months: frozen rows, read once, under the names that accounts have now."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics.accounts.registry import Account, Registry
from pantau.analytics.official.models import OfficialMonth, OfficialMonths, OfficialRevision, OfficialScore
from pantau.analytics.ranking.queries import account_score
from pantau.analytics.ranking.ranking import ranking
from pantau.score.official import FrozenScores, Revision, read_rules, read_scores
from pantau.score.rules import Rules
from pantau.score.windows import closes_at, month_span


@dataclass(frozen=True, slots=True)
class FrozenMonth:
    """`rules`: the whole ones that the scores were computed with."""

    scores: FrozenScores
    rules: dict[str, Any]


async def read_frozen(client: AsyncClient, revision: Revision) -> FrozenMonth:
    rows = await read_scores(client, revision)
    # What is only read again changes nothing that was frozen: no newest event.
    scores = {row["account_id"]: account_score(row, None) for row in rows}
    ranks = {row["account_id"]: json.loads(row["other_ranks"]) for row in rows}
    return FrozenMonth(FrozenScores(revision, scores, ranks), json.loads(await read_rules(client, revision)))


def accounts_of(frozen: FrozenScores, registry: Registry) -> list[Account]:
    """Those that were ranked then, whether they are active now or not."""
    return [registry.accounts.get(account) or _unknown(account) for account in frozen.scores]


def official_months(revisions: list[Revision]) -> OfficialMonths:
    """`revisions` in ascending order."""
    newest = _newest(revisions)
    return OfficialMonths(revisions=[_told(revision, newest) for revision in reversed(revisions)])


def official_month(
    month: FrozenMonth, revisions: Iterable[Revision], registry: Registry, rules: Rules
) -> OfficialMonth:
    """One revision with its scores; `revisions`: all there are, of which it may not be the last."""
    frozen, revision = month.scores, month.scores.revision
    span = month_span(revision.month)
    # Without what came in since: it changes nothing that was frozen.
    listed = ranking(accounts_of(frozen, registry), frozen.scores, {}, {}, rules)
    return OfficialMonth(
        **_told(revision, _newest(revisions)).model_dump(),
        starts_at=span.start,
        ends_at=span.until,
        matured_at=closes_at(revision.month),
        rules=month.rules,
        scores=[
            OfficialScore(**dict(score), other_ranks=frozen.other_ranks[score.account_id]) for score in listed
        ],
    )


def _unknown(account_id: str) -> Account:
    return Account(account_id, account_id, account_id[:24], "other", False, datetime(2000, 1, 1, tzinfo=UTC))


def _newest(revisions: Iterable[Revision]) -> dict[date, int]:
    """The last revision of each month; revisions come in ascending order."""
    return {revision.month: revision.revision for revision in revisions}


def _told(revision: Revision, newest: dict[date, int]) -> OfficialRevision:
    given = {name: getattr(revision, name) for name in OfficialRevision.model_fields if name != "holds"}
    return OfficialRevision(
        **given | {"month": f"{revision.month:%Y-%m}"}, holds=newest[revision.month] == revision.revision
    )
