"""The pulse: how people feel right now."""

from datetime import datetime

from pydantic import ConfigDict, Field

from pantau.analytics.examples import beside
from pantau.analytics.models import Body, Readable, Sentiment

EXAMPLES = beside(__file__)


class PulseMinute(Sentiment):
    minute: datetime


class RisingNegatives(Body):
    account_id: str
    short_name: str
    negative_share: float = Field(description="Of the comments of the last 60 minutes, 0 to 1")
    negatives: int = Field(description="In the last 60 minutes")
    comments: int = Field(description="In the last 60 minutes")
    times_usual: float | None = Field(
        description="Against an average hour of the 24 hours before; null: there were none to compare with"
    )


class ReplyTimes(Body):
    answered: int = Field(description="Comments that got their first answer from the account")
    median_seconds: float | None = Field(description="How long those comments waited")


class Pulse(Readable):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES["pulse"]]})

    at: datetime
    minutes: list[PulseMinute] = Field(description="Ascending, without gaps; the last one is still running")
    rising_negatives: list[RisingNegatives] = Field(description="At most five, the strongest rise first")
    replies: ReplyTimes
