"""Freezing a month in ClickHouse, once.

Scores first, the document's row last: an attempt that stopped in between left rows that nobody reads. The
server keeps the first row of each insert token, and the token is month and revision: so of two closers at
once one freezes, and the other finds that it did not.
"""

from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.runtime import clickhouse
from pantau.score.month_document import Json, canonical
from pantau.score.official import HEAD, SCORE, Revision, read_revisions


async def freeze(client: AsyncClient, revision: Revision, content: bytes, stored: Json) -> Revision:
    """Freeze, and return what is frozen under this number: another closer's, where that was quicker."""
    head: list[Any] = [getattr(revision, name) for name in HEAD]
    key = head[:3]  # month, revision, attempt
    rows = [[*key, *row.values()] for row in score_rows(stored)]
    await clickhouse.insert(client, "official_scores", (*HEAD[:3], *SCORE), rows)
    row = [*head, canonical(stored["rules"]).decode(), content.decode()]
    token = f"{revision.month:%Y-%m}/{revision.revision}"
    await clickhouse.insert(client, "official_months", (*HEAD, "rules", "document"), [row], token)
    return next(r for r in await read_revisions(client, revision.month) if r.revision == revision.revision)


def score_rows(stored: Json) -> list[Json]:
    """The scores of a document as rows of official_scores, in order of account."""
    results = stored["results"]
    ranks: Json = results["sensitivity"]["ranks"]
    rows = (
        score
        | {
            "account_id": account,
            "peer_group": score["group"],
            "parts": canonical(score["parts"]).decode(),
            "other_ranks": canonical({name: of.get(account) for name, of in ranks.items()}).decode(),
        }
        for account, score in sorted(results["scores"].items())
    )
    return [{name: row[name] for name in SCORE} for row in rows]
