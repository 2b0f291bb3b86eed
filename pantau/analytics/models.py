"""The bodies of all answers. Instants are RFC 3339 in UTC; floats are rounded already."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pantau.analytics import examples
from pantau.analytics.backlog import Flow
from pantau.contracts.events import ScoreParts
from pantau.contracts.fields import Label, Platform, Reason

SlidingWindow = Literal["1h", "24h", "7d", "30d"]
BoardStatus = Literal["live", "past", "provisional", "official"]


class Body(BaseModel):
    model_config = ConfigDict(frozen=True)


class Readable(Body):
    """What every reading answer carries."""

    stale_since: datetime | None = Field(
        None, description="Since when the figures could not be read anew; null: they are current"
    )


Arrival = Annotated[
    datetime | None,
    Field(
        description="Newest arrival of an observation at ingest; ages are measured from it, for it is never "
        "after the answer's own now. null: none has arrived"
    ),
]


class Sentiment(Body):
    positive: int
    neutral: int
    negative: int


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
    model_config = ConfigDict(json_schema_extra={"examples": [examples.SCORES]})

    window: SlidingWindow | None = Field(description="null when a month was asked for")
    month: str | None = Field(description="YYYY-MM in Asia/Jakarta; null when a window was asked for")
    at: datetime = Field(description="Instant that the figures stand for")
    starts_at: datetime = Field(serialization_alias="from", description="Start of the span, included")
    ends_at: datetime = Field(serialization_alias="until", description="End of the span, not included")
    status: BoardStatus = Field(
        description="provisional: a month until 72 h after its end; official: a month that was frozen since"
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
    model_config = ConfigDict(json_schema_extra={"examples": [examples.ACCOUNTS]})

    accounts: list[Account]


class Followers(Body):
    platform: str
    followers: int
    observed_at: datetime


class TrendPoint(Body):
    at: datetime
    score: float | None


class AccountDetail(Account, Readable):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.ACCOUNT]})

    scores: dict[str, Score | None] = Field(
        description="By 1h, 24h, 7d, 30d and month (the running one); null for an inactive account"
    )
    followers: list[Followers] = Field(description="The latest reading of each platform")
    trend: list[TrendPoint] = Field(description="Scores of window 24h: the last 24 full hours, then now")


class Probabilities(Body):
    negative: float
    neutral: float
    positive: float


class Comment(Body):
    comment_id: str
    platform: Platform
    account_id: str
    post_id: str | None
    text: str = Field(description="Personal data masked; empty once it is older than 90 days")
    label: Label = Field(description="The one that counts: a person's, where there is one")
    label_by: Literal["human", "model"]
    model_label: Label
    probabilities: Probabilities = Field(description="The model's")
    model_version: str
    created_at: datetime
    labelled_at: datetime
    by_account: bool = Field(description="Written by the watched account itself")


class Comments(Readable):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.COMMENTS]})

    comments: list[Comment]
    next: str | None = Field(description="Give it as `before` for the next page; null: there is none")


class CorrectionAsked(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [examples.CORRECTION_ASKED]})

    label: Label | None = Field(description="null withdraws: the model's label holds again")
    reason: Reason = Field("", description="In short, and without naming anybody; kept for ever")


class Correction(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.CORRECTION]})

    comment_id: str
    platform: Platform
    account_id: str
    post_id: str | None
    label: Label | None = Field(description="null: withdrawn")
    model_label: Label | None = Field(description="What the model says now; null: the comment is not there")
    reason: str
    corrected_by: str = Field(description="Name of the API key")
    corrected_at: datetime


class AuditedCorrection(Correction):
    model_config = ConfigDict(json_schema_extra={})

    holds: bool = Field(description="false: a later one replaced it")
    edited_since: bool | None = Field(
        description="Whether the comment has another text now; the correction holds still. null: not known"
    )


class Corrections(Readable):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.CORRECTIONS]})

    corrections: list[AuditedCorrection]
    next: str | None = Field(description="Give it as `before` for the next page; null: there is none")


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
    model_config = ConfigDict(json_schema_extra={"examples": [examples.PULSE]})

    at: datetime
    minutes: list[PulseMinute] = Field(description="Ascending, without gaps; the last one is still running")
    rising_negatives: list[RisingNegatives] = Field(description="At most five, the strongest rise first")
    replies: ReplyTimes


class ClockAhead(Body):
    account_id: str
    short_name: str
    platform: Platform
    ahead_seconds: int = Field(description="How far the latest instant of the event lay beyond its arrival")
    received_at: datetime = Field(description="When that event arrived")


class Status(Readable):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.STATUS]})

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


class ProblemDocument(BaseModel):
    """RFC 9457: what went wrong and what to do."""

    type: Annotated[str, Field(examples=["about:blank"])]
    title: str
    status: int
    detail: str
