"""Bodies of the official months: what was frozen, as it was frozen."""

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from pantau.analytics.examples import beside
from pantau.analytics.models import Body, Readable
from pantau.analytics.ranking.models import Score

EXAMPLES = beside(__file__)


class OfficialRevision(Body):
    month: str = Field(description="YYYY-MM in Asia/Jakarta")
    revision: int = Field(description="From 1; a correction is a further one, and the earlier ones stay")
    holds: bool = Field(description="false: a later revision replaced it")
    closed_at: datetime
    reason: str = Field(description="Why it was frozen again; empty for the first")
    simulated: bool = Field(description="With data of the demo feed (data simulasi): not official")
    rules_version: str
    normaliser: str
    code_version: str = Field(description="Version, and SHA-256 over the sources that decide the result")
    changes_under: list[str] = Field(description="Normalisers under which the first three would be others")
    sha256: str = Field(description="Of the document, byte by byte")


class OfficialMonths(Readable):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES["official_months"]]})

    revisions: list[OfficialRevision] = Field(description="The newest month first, its last revision first")


class OfficialScore(Score):
    other_ranks: dict[str, int | None] = Field(description="Rank under each other normaliser")


class OfficialMonth(OfficialRevision, Readable):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES["official_month"]]})

    starts_at: datetime = Field(serialization_alias="from", description="Start of the month, included")
    ends_at: datetime = Field(serialization_alias="until", description="End of the month, not included")
    matured_at: datetime = Field(description="Until when its posts took in readings and comments")
    rules: dict[str, Any] = Field(description="The whole rules that it was computed with")
    scores: list[OfficialScore] = Field(description="Ranked accounts in order of rank, then the others")
