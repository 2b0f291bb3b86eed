"""A ranking: one account's score, and all of them."""

from datetime import datetime

from pydantic import ConfigDict, Field

from pantau.analytics.examples import beside
from pantau.analytics.models import Arrival, BoardStatus, Body, Readable, Sentiment, SlidingWindow
from pantau.contracts.events import ScoreParts
from pantau.score.windows import MATURITY_HOURS

EXAMPLES = beside(__file__)


class Score(Body):
    account_id: str
    name: str
    short_name: str = Field(description="At most 24 characters")
    kind: str = Field(description="opd, hospital or other")
    rank: int | None = Field(description="Equal scores share a rank; null: too little data to be ranked")
    rank_before: int | None = Field(description="Rank one hour before `at`; null outside the live windows")
    score: float | None = Field(description="0 to 100, the sum of the parts' points; null: no data")
    completeness: float = Field(description="Share of the weights whose variable was given, 0 to 1")
    incomplete: bool
    parts: ScoreParts
    sentiment: Sentiment = Field(description="Counted comments by label; never part of the score")
    newest_event_at: datetime | None = Field(
        description="Newest observation that the figures know of this account, never after its arrival"
    )
    newest_received_at: Arrival
    group: str = Field(description="Peer group that it is compared and ranked with; empty: in none")
    posts_missing: int = Field(
        description="In a month that ended: counted posts short of the minimum; above 0 there is no rank"
    )


class Scores(Readable):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES["scores"]]})

    window: SlidingWindow | None = Field(description="null when a month was asked for")
    month: str | None = Field(description="YYYY-MM in Asia/Jakarta; null when a window was asked for")
    at: datetime = Field(description="Instant that the figures stand for")
    starts_at: datetime = Field(serialization_alias="from", description="Start of the span, included")
    ends_at: datetime = Field(serialization_alias="until", description="End of the span, not included")
    status: BoardStatus = Field(
        description=f"provisional: a month until {MATURITY_HOURS} h after its end; "
        "official: a month that was frozen since"
    )
    revision: int | None = Field(description="Of an official month; null otherwise")
    sha256: str | None = Field(description="Of an official month's document; null otherwise")
    rules_version: str
    normaliser: str
    newest_event_at: datetime | None = Field(
        description="Newest observation of all, never after its arrival; null: no data at all"
    )
    newest_received_at: Arrival
    simulated: bool = Field(description="Some figures in view come from the demo feed (data simulasi)")
    scores: list[Score] = Field(description="Ranked accounts in order of rank, then the others")
