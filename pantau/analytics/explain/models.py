"""Bodies of an account's explanation. Floats are rounded already; points have four decimals."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from pantau.analytics.examples import beside
from pantau.analytics.models import BoardStatus, Body, Readable, Sentiment, SlidingWindow
from pantau.contracts.events import ScorePart, ScoreParts
from pantau.contracts.fields import Platform

EXAMPLES = beside(__file__)


class MetricCounts(Body):
    """By variable of the score; null: the platform does not give it."""

    views: int | None = None
    posts: int | None = None
    comments: int | None = None
    likes: int | None = None


class MetricPoints(Body):
    """Points of the account's score, by variable; null: the platform does not give it."""

    views: float | None = None
    posts: float | None = None
    comments: float | None = None
    likes: float | None = None


class LimitsUsed(Body):
    low: float = Field(
        description="At or under this a value counts as 0, in raw units: P5 of the peers with log_winsor"
    )
    high: float = Field(description="At or over this a value counts as 1, in raw units: P95 with log_winsor")
    peers: int = Field(description="Accounts compared with one another, this one included")


class PlatformPart(ScorePart):
    earned: float | None = Field(description="Points that this platform gives the account's score")
    limits: LimitsUsed | None = Field(description="null: the platform does not give the variable")


class PlatformParts(Body):
    views: PlatformPart
    posts: PlatformPart
    comments: PlatformPart
    likes: PlatformPart


class FallenReadings(Body):
    readings: int = Field(description="Readings lower than the one before; their gain counts as 0")
    amount: int = Field(description="How much they fell in all")


class Baselines(Body):
    readings: int = Field(
        description="First readings of posts older than the account's onboarding, or of unknown posts"
    )
    amount: int = Field(description="What those readings showed; it is not counted")


class MetricReadings(Body):
    fallen: FallenReadings
    baselines: Baselines
    redefined: int = Field(description="Readings after a change of what the platform counts: new baselines")


class ReadingsLeftOut(Body):
    views: MetricReadings
    likes: MetricReadings
    comments: MetricReadings = Field(
        description="Of the platform's own comment counter; zero where comments are counted one by one"
    )


class LeftOut(Body):
    """Each stored comment of the span is in exactly one of the comments' counts, the first that holds in
    the order given here. Flags that a person overturned stop nothing.
    """

    posts_deleted: int
    posts_above_daily_limit: int = Field(description="Posts after the day's first max_posts_per_day")
    comments_seen: int = Field(description="All stored comments of the span")
    comments_counted: int
    comments_deleted: int
    comments_by_account: int = Field(description="Written by the account itself")
    comments_on_giveaways: int
    comments_above_cap: int = Field(
        description="More than max_comments_per_author_and_post of one commenter on one post"
    )
    comments_copied_text: int = Field(description="Flagged: the same text by many, after its first comment")
    comments_one_word: int = Field(description="Flagged: single words where there was hardly anything else")
    readings: ReadingsLeftOut


class PlatformExplanation(Body):
    platform: Platform
    group: str = Field(description="Peer group; empty: all accounts without one")
    weight: float = Field(description="Of the platform among the account's platforms, 0 to 1")
    completeness: float
    points: float = Field(description="Points that this platform gives the account's score")
    comments_from: Literal["collected", "counter"] | None = Field(
        description="collected: one by one, with all guards; counter: gain of the platform's own count"
    )
    missing: list[str] = Field(description="Variables that the platform does not give")
    parts: PlatformParts
    left_out: LeftOut


class PostPoints(Body):
    origin: Literal["post", "without_post", "standing", "others"] = Field(
        description="without_post: comments whose post is not known; standing: points that the normaliser "
        "gives where nothing was gained; others: all that is not listed, together"
    )
    platform: Platform | None = Field(description="null: others")
    post_id: str | None
    posts: int = Field(description="How many posts the entry stands for")
    published_at: datetime | None
    text: str = Field(description="Its beginning, personal data masked")
    text_shortened: bool
    permalink: str | None
    giveaway: bool
    deleted: bool
    raw: MetricCounts
    points: MetricPoints
    total: float = Field(description="Points of the account's score, the sum of `points`")


class RulesUsed(Body):
    max_posts_per_day: int
    max_comments_per_author_and_post: int
    minimum_posts: int = Field(description="Counted posts needed to be ranked in a month that ended; 0: none")
    minimum_completeness: float


class OfficialFigures(Body):
    """What was frozen for the month; the explanation is of what the facts say now."""

    revision: int
    sha256: str
    score: float | None
    rank: int | None
    as_explained: bool = Field(description="Score and points are those of the explanation")


class Explanation(Readable):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES["explanation"]]})

    account_id: str
    name: str
    short_name: str
    kind: str
    active: bool
    window: SlidingWindow | None = Field(description="null when a month was asked for")
    month: str | None = Field(description="YYYY-MM in Asia/Jakarta; null when a window was asked for")
    at: datetime = Field(description="Instant that the figures stand for; all were computed for it together")
    starts_at: datetime = Field(serialization_alias="from", description="Start of the span, included")
    ends_at: datetime = Field(serialization_alias="until", description="End of the span, not included")
    status: BoardStatus
    rules_version: str
    normaliser: str
    rules: RulesUsed
    group: str = Field(description="Peer group; empty: all accounts without one")
    rank: int | None
    ranked: int = Field(description="Ranked accounts of the peer group")
    posts_missing: int = Field(description="How many counted posts are missing to be ranked")
    score: float | None = Field(description="The sum of the parts' points; null: no data")
    completeness: float
    incomplete: bool
    simulated: bool
    newest_event_at: datetime | None
    parts: ScoreParts
    platforms: list[PlatformExplanation]
    official: OfficialFigures | None = Field(
        description="null: a window, a month that is not frozen, or an account that was not in it"
    )
    platforms_without_weight: list[Platform] = Field(
        description="Platforms with events in the span that no score is made of: their weight is 0"
    )
    posts: list[PostPoints] = Field(
        description="Most points first, at most 50 and one entry for the others. Of each variable the points "
        "add up to the points of its part, and all of them to the score: exactly, in ten-thousandths"
    )
    sentiment: Sentiment = Field(description="Counted comments by label; never part of the score")
    left_out: LeftOut = Field(description="Of all platforms that the score is made of")
