"""Bodies of the answers about flags on posts' comments."""

from datetime import datetime

from pydantic import ConfigDict, Field

from pantau.analytics.examples import beside
from pantau.analytics.models import Body, Readable, SlidingWindow
from pantau.contracts.fields import Flag, Platform, Verdict

EXAMPLES = beside(__file__)


class Evidence(Body):
    """Of the comments that the flag is about, whenever they were written."""

    comments: int
    authors: int = Field(description="Different pseudonyms")
    texts: int | None = Field(description="Different texts that were copied; null for other flags")
    share: float | None = Field(description="one_word: of the post's comments, 0 to 1; null for other flags")
    first_at: datetime
    last_at: datetime
    samples: list[str] = Field(description="Up to three texts, masked; none once they are older than 90 days")


class RaisedFlag(Body):
    account_id: str
    platform: Platform
    post_id: str
    flag: Flag
    permalink: str | None
    published_at: datetime | None = Field(description="null: the post itself is not known")
    evidence: Evidence
    discounted: bool = Field(description="Whether it keeps comments from counting: by rule or by verdict")
    comments_not_counted: int = Field(description="How many more would count without this flag")
    comments_observed: int = Field(description="All comments of others under the post, before any guard")
    comments_counted: int = Field(description="Those that count")
    simulated: bool = Field(description="Made by the demo feed (data simulasi), at least in part")
    verdict: Verdict | None = Field(description="null: nobody decided, or the decision was withdrawn")
    reason: str | None
    reviewed_by: str | None = Field(description="Name of the API key")
    reviewed_at: datetime | None


class Flags(Readable):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES["flags"]]})

    window: SlidingWindow | None = Field(description="null when a month was asked for")
    month: str | None = Field(description="YYYY-MM in Asia/Jakarta; null when a window was asked for")
    starts_at: datetime = Field(serialization_alias="from", description="Start of the span, included")
    ends_at: datetime = Field(serialization_alias="until", description="End of the span, not included")
    rules_version: str
    flags: list[RaisedFlag] = Field(description="Those that keep most comments from counting first")
    more: bool = Field(description="There are more than `limit`")


class FlagReview(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES["review"]]})

    account_id: str
    platform: Platform
    post_id: str
    flag: Flag
    verdict: Verdict | None = Field(description="null: withdrawn")
    reason: str
    reviewed_by: str = Field(description="Name of the API key")
    reviewed_at: datetime


class AuditedReview(FlagReview):
    model_config = ConfigDict(json_schema_extra={})

    holds: bool = Field(description="false: a later one replaced it")


class FlagReviews(Readable):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES["reviews"]]})

    reviews: list[AuditedReview]
    next: str | None = Field(description="Give it as `before` for the next page; null: there is none")
