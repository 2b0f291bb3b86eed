"""SQL of rankings: scores as the scoring service stored them, and for when it did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.contracts.events import ScoreParts
from pantau.runtime.clickhouse import rows
from pantau.score.formula import AccountScore
from pantau.score.rules import Metric

_PLAIN = (
    *("account_id", "score", "rank", "completeness", "incomplete", "positive", "neutral", "negative"),
    *("simulated", "posts_missing"),
)
_COLUMNS = (*_PLAIN, "parts", "peer_group", "newest_event_at", "rules_version", "normaliser", "at")

TICK = "SELECT at, computed_at FROM score_ticks FINAL ORDER BY computed_at DESC LIMIT 1"

SCORES = f"""
SELECT {", ".join(_COLUMNS)}
FROM scores FINAL
WHERE window = {{window:String}} AND period = {{period:String}}
ORDER BY computed_at
"""  # noqa: S608 - built from this module's own constants


@dataclass(frozen=True, slots=True)
class Tick:
    """`at`: the instant for which all scores were last computed, whether they changed or not."""

    at: datetime
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """Scores by account, and the rules that they were computed with."""

    scores: dict[str, AccountScore]
    rules_version: str
    normaliser: str


@dataclass(frozen=True, slots=True)
class StoredScores(Figures):
    """The rows of one window; rules and instant are those of the row computed last."""

    at: datetime


async def read_tick(client: AsyncClient) -> Tick | None:
    found = await rows(client, TICK)
    return Tick(*found[0]) if found else None


async def read_scores(client: AsyncClient, window: str, period: str = "") -> StoredScores | None:
    """None where none were ever stored of this window and month."""
    found = [
        dict(zip(_COLUMNS, row, strict=True))
        for row in await rows(client, SCORES, window=window, period=period)
    ]
    if not found:
        return None
    scores = {row["account_id"]: account_score(row, row["newest_event_at"]) for row in found}
    last = found[-1]
    return StoredScores(scores, last["rules_version"], last["normaliser"], last["at"])


def account_score(row: Mapping[str, Any], newest_event_at: datetime | None) -> AccountScore:
    """From a row of scores or of official_scores, by the names of its columns."""
    given = ScoreParts.model_validate_json(row["parts"])
    return AccountScore(
        **{name: row[name] for name in _PLAIN},
        parts={metric: getattr(given, metric) for metric in Metric},
        newest_event_at=newest_event_at,
        group=row["peer_group"],
    )
