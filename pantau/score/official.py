"""Frozen months as they stand in ClickHouse: what the closing writes, everybody reads.

A month without its row in official_months does not exist, whatever rows official_scores has of it.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.runtime.clickhouse import rows
from pantau.score.formula import AccountScore

HEAD = (
    *("month", "revision", "attempt", "closed_at", "reason", "simulated", "normaliser", "rules_version"),
    *("code_version", "changes_under", "sha256"),
)
SCORE = (
    *("account_id", "peer_group", "score", "rank", "posts_missing", "completeness", "incomplete", "parts"),
    *("positive", "neutral", "negative", "simulated", "other_ranks"),
)
# The first row of a revision is the one: the server takes no second, but a restored backup might hold one.
_FIRST = "ORDER BY month, revision, closed_at, attempt LIMIT 1 BY month, revision"
_REVISIONS = f"SELECT {', '.join(HEAD)} FROM official_months %s {_FIRST}"
_ONE = f"FROM official_months WHERE month = {{month:Date}} AND revision = {{revision:UInt32}} {_FIRST}"
_SCORES = f"""
SELECT {", ".join(SCORE)} FROM official_scores
WHERE month = {{month:Date}} AND revision = {{revision:UInt32}} AND attempt = {{attempt:UUID}}
ORDER BY account_id
"""


@dataclass(frozen=True, slots=True)
class Revision:
    """A frozen month, without its document. `attempt` links its rows of official_scores."""

    month: date
    revision: int
    attempt: uuid.UUID
    closed_at: datetime
    reason: str
    simulated: bool
    normaliser: str
    rules_version: str
    code_version: str
    changes_under: list[str]
    sha256: str


@dataclass(frozen=True, slots=True)
class FrozenScores:
    revision: Revision
    scores: dict[str, AccountScore]
    other_ranks: dict[str, dict[str, int | None]]


async def read_revisions(client: AsyncClient, month: date | None = None) -> list[Revision]:
    """In order of month and revision; of all months, or of one."""
    statement = _REVISIONS % ("WHERE month = {month:Date}" if month else "")
    found = await rows(client, statement, **({"month": month} if month else {}))
    return [_revision(row) for row in found]


async def read_document(client: AsyncClient, revision: Revision) -> bytes:
    """The very bytes that were frozen."""
    return (await _column(client, "document", revision)).encode()


async def read_rules(client: AsyncClient, revision: Revision) -> str:
    """The whole rules as JSON."""
    return await _column(client, "rules", revision)


async def read_scores(client: AsyncClient, revision: Revision) -> list[dict[str, Any]]:
    """By the names of SCORE, in order of account; `parts` and `other_ranks` are JSON texts."""
    asked = {"month": revision.month, "revision": revision.revision, "attempt": str(revision.attempt)}
    found = await rows(client, _SCORES, **asked)
    return [dict(zip(SCORE, row, strict=True)) for row in found]


async def _column(client: AsyncClient, name: str, revision: Revision) -> str:
    asked = {"month": revision.month, "revision": revision.revision}
    text: str = (await rows(client, f"SELECT {name} {_ONE}", **asked))[0][0]
    return text


def _revision(row: Any) -> Revision:
    return Revision(**dict(zip(HEAD, row, strict=True)))
