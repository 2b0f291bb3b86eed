"""Accounts: who is watched, and one of them with its scores."""

from datetime import datetime

from pydantic import ConfigDict, Field

from pantau.analytics.examples import beside
from pantau.analytics.models import Arrival, Body, Readable
from pantau.analytics.ranking.models import Score

EXAMPLES = beside(__file__)


class Account(Body):
    account_id: str
    name: str
    short_name: str
    kind: str
    active: bool
    onboarded_at: datetime
    simulated: bool
    platforms: list[str] = Field(description="Platforms that events came from")
    newest_event_at: datetime | None = Field(description="Newest observation, never after its arrival")
    newest_received_at: Arrival


class Accounts(Readable):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES["accounts"]]})

    accounts: list[Account]


class Followers(Body):
    platform: str
    followers: int
    observed_at: datetime


class TrendPoint(Body):
    at: datetime
    score: float | None


class AccountDetail(Account, Readable):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES["account"]]})

    scores: dict[str, Score | None] = Field(
        description="By 1h, 24h, 7d, 30d and month (the running one); null for an inactive account"
    )
    followers: list[Followers] = Field(description="The latest reading of each platform")
    trend: list[TrendPoint] = Field(description="Scores of window 24h: the last 24 full hours, then now")
