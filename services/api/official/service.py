"""Official months: rows that never change, so what was read once stays good."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics import models
from pantau.analytics.database import Database
from pantau.analytics.ranking import ranking
from pantau.analytics.registry import Registry
from pantau.analytics.rows import Account
from pantau.contracts.events import ScoreParts
from pantau.runtime.clock import Clock
from pantau.score.formula import AccountScore
from pantau.score.official import (
    FrozenScores,
    Revision,
    read_document,
    read_revisions,
    read_rules,
    read_scores,
)
from pantau.score.rules import Metric, Rules
from pantau.score.windows import closes_at, month_span
from services.api.http.cache import Answer, Cache
from services.api.http.response import Rendered, render
from services.api.official.schemas import OfficialMonth, OfficialMonths, OfficialRevision, OfficialScore

TTL_SECONDS = 1.0
KEPT_SECONDS = 3600.0  # frozen rows stay as they are
MOST_MONTHS = 32
MOST_DOCUMENTS = 2  # of a large fleet, one has tens of megabytes


class Official:
    def __init__(self, database: Database, rules: Rules, clock: Clock) -> None:
        self._database = database
        self._rules = rules
        self._revisions: Cache[list[Revision]] = Cache(TTL_SECONDS, 1, clock)
        self._months: Cache[tuple[FrozenScores, dict[str, Any]]] = Cache(KEPT_SECONDS, MOST_MONTHS, clock)
        self._documents: Cache[bytes] = Cache(KEPT_SECONDS, MOST_DOCUMENTS, clock)

    async def months(self) -> Answer[Rendered[OfficialMonths]]:
        answer = await self._all()
        newest = _newest(answer.value)
        told = [_told(revision, newest) for revision in reversed(answer.value)]
        return Answer(render(OfficialMonths(revisions=told)), answer.taken_at, answer.stale)

    async def find(self, month: date, number: int | None) -> Answer[Revision | None]:
        """The revision of this number, or the one that holds."""
        answer = await self._all()
        found = [r for r in answer.value if r.month == month and number in (None, r.revision)]
        return Answer(found[-1] if found else None, answer.taken_at, answer.stale)

    async def month(self, found: Answer[Revision], registry: Registry) -> Answer[Rendered[OfficialMonth]]:
        """One revision with its scores, under the names that the accounts have now."""
        revision = found.value
        newest = _newest((await self._all()).value)
        frozen, rules = await self._frozen(revision)
        span = month_span(revision.month)
        body = OfficialMonth(
            **_told(revision, newest).model_dump(),
            starts_at=span.start,
            ends_at=span.until,
            matured_at=closes_at(revision.month),
            rules=rules,
            scores=[
                OfficialScore(**dict(score), other_ranks=frozen.other_ranks[score.account_id])
                for score in self._listed(frozen, registry)
            ],
        )
        return Answer(render(body), found.taken_at, found.stale)

    async def document(self, revision: Revision) -> bytes:
        """Raises RetryableError where it was never read."""
        answer = await self._documents.get(
            revision.attempt, lambda: self._database.ask(lambda client: read_document(client, revision))
        )
        return answer.value

    async def fresh(self, month: date) -> FrozenScores | None:
        """What holds for the month, where that is official. Raises RetryableError."""
        revisions = await self._revisions.fresh("all", self._read_revisions)
        held = [revision for revision in revisions if revision.month == month]
        if not held or held[-1].simulated:
            return None
        return (await self._frozen(held[-1]))[0]

    def _listed(self, frozen: FrozenScores, registry: Registry) -> list[models.Score]:
        # Without what came in since: it changes nothing that was frozen.
        return ranking(accounts_of(frozen, registry), frozen.scores, {}, {}, self._rules)

    async def _all(self) -> Answer[list[Revision]]:
        return await self._revisions.get("all", self._read_revisions)

    async def _read_revisions(self) -> list[Revision]:
        return await self._database.ask(read_revisions)

    async def _frozen(self, revision: Revision) -> tuple[FrozenScores, dict[str, Any]]:
        answer = await self._months.get(
            revision.attempt, lambda: self._database.ask(lambda client: _read_frozen(client, revision))
        )
        return answer.value


def accounts_of(frozen: FrozenScores, registry: Registry) -> list[Account]:
    """Those that were ranked then, whether they are active now or not."""
    return [registry.accounts.get(account) or _unknown(account) for account in frozen.scores]


def _unknown(account_id: str) -> Account:
    return Account(account_id, account_id, account_id[:24], "other", False, datetime(2000, 1, 1, tzinfo=UTC))


async def _read_frozen(client: AsyncClient, revision: Revision) -> tuple[FrozenScores, dict[str, Any]]:
    rows = await read_scores(client, revision)
    scores = {row["account_id"]: _score(row) for row in rows}
    ranks = {row["account_id"]: json.loads(row["other_ranks"]) for row in rows}
    return FrozenScores(revision, scores, ranks), json.loads(await read_rules(client, revision))


def _newest(revisions: Iterable[Revision]) -> dict[date, int]:
    """The last revision of each month; revisions come in ascending order."""
    return {revision.month: revision.revision for revision in revisions}


def _told(revision: Revision, newest: dict[date, int]) -> OfficialRevision:
    return OfficialRevision(
        month=f"{revision.month:%Y-%m}",
        revision=revision.revision,
        holds=newest[revision.month] == revision.revision,
        closed_at=revision.closed_at,
        reason=revision.reason,
        simulated=revision.simulated,
        rules_version=revision.rules_version,
        normaliser=revision.normaliser,
        code_version=revision.code_version,
        changes_under=revision.changes_under,
        sha256=revision.sha256,
    )


def _score(row: dict[str, Any]) -> AccountScore:
    given = ScoreParts.model_validate_json(row["parts"])
    return AccountScore(
        account_id=row["account_id"],
        score=row["score"],
        rank=row["rank"],
        completeness=row["completeness"],
        incomplete=row["incomplete"],
        parts={metric: getattr(given, metric) for metric in Metric},
        positive=row["positive"],
        neutral=row["neutral"],
        negative=row["negative"],
        simulated=row["simulated"],
        newest_event_at=None,  # what is only read again changes nothing that was frozen
        group=row["peer_group"],
        posts_missing=row["posts_missing"],
    )
