"""How current everything is: the status of the whole installation."""

from datetime import datetime

from pydantic import ConfigDict, Field

from pantau.analytics.backlog import Flow
from pantau.analytics.examples import beside
from pantau.analytics.models import Arrival, Body, Readable
from pantau.contracts.fields import Platform

EXAMPLES = beside(__file__)


class ClockAhead(Body):
    account_id: str
    short_name: str
    platform: Platform
    ahead_seconds: int = Field(description="How far the latest instant of the event lay beyond its arrival")
    received_at: datetime = Field(description="When that event arrived")


class Status(Readable):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES["status"]]})

    newest_event_at: datetime | None = Field(
        description="Newest observation of all active accounts, never after its arrival"
    )
    newest_received_at: Arrival
    clocks_ahead: list[ClockAhead] = Field(
        description="Senders that sent events more than 5 minutes ahead of their arrival within the last 24 "
        "hours, their last one each: the newest arrival first, at most five"
    )
    newest_score_at: datetime | None = Field(description="When all scores were last computed")
    behind: list[Flow] = Field(
        description="What has not reached the figures although ingest acknowledged it: `posts` (with "
        "readings), `comments`, or both. Empty: nothing waits for longer than usual, or it is not known yet"
    )
    behind_since: datetime | None = Field(description="Since when, the older of both; null: nothing waits")
    simulated: bool
    accounts: int = Field(description="Active accounts")
    accounts_with_data: int
    build: str = Field(description="Changes when the wall's page changed; the wall then reloads itself")
    now: datetime
