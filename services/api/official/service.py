"""Official months, cached (stale-if-error): rows that never change, so what was read once stays good."""

from datetime import date

from pantau.analytics.accounts.registry import Registry
from pantau.analytics.official.models import OfficialMonth, OfficialMonths
from pantau.analytics.official.months import FrozenMonth, official_month, official_months, read_frozen
from pantau.score.official import FrozenScores, Revision, read_document, read_revisions
from services.api.dependencies import Dependencies
from services.api.http.cache import Answer, Cache
from services.api.http.response import Rendered, render

TTL_SECONDS = 1.0
KEPT_SECONDS = 3600.0  # frozen rows stay as they are
MOST_MONTHS = 32
MOST_DOCUMENTS = 2  # of a large fleet, one has tens of megabytes


class Official:
    def __init__(self, shared: Dependencies) -> None:
        self._database = shared.database
        self._rules = shared.rules
        self._revisions: Cache[list[Revision]] = Cache(TTL_SECONDS, 1, shared.clock)
        self._months: Cache[FrozenMonth] = Cache(KEPT_SECONDS, MOST_MONTHS, shared.clock)
        self._documents: Cache[bytes] = Cache(KEPT_SECONDS, MOST_DOCUMENTS, shared.clock)

    async def months(self) -> Answer[Rendered[OfficialMonths]]:
        answer = await self._all()
        return Answer(render(official_months(answer.value)), answer.taken_at, answer.stale)

    async def find(self, month: date, number: int | None) -> Answer[Revision | None]:
        """The revision of this number, or the one that holds."""
        answer = await self._all()
        found = [r for r in answer.value if r.month == month and number in (None, r.revision)]
        return Answer(found[-1] if found else None, answer.taken_at, answer.stale)

    async def month(self, found: Answer[Revision], registry: Registry) -> Answer[Rendered[OfficialMonth]]:
        """One revision with its scores, under the names that the accounts have now."""
        revisions = (await self._all()).value
        frozen = await self._frozen(found.value)
        body = official_month(frozen, revisions, registry, self._rules)
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
        return (await self._frozen(held[-1])).scores

    async def _all(self) -> Answer[list[Revision]]:
        return await self._revisions.get("all", self._read_revisions)

    async def _read_revisions(self) -> list[Revision]:
        return await self._database.ask(read_revisions)

    async def _frozen(self, revision: Revision) -> FrozenMonth:
        answer = await self._months.get(
            revision.attempt, lambda: self._database.ask(lambda client: read_frozen(client, revision))
        )
        return answer.value
