"""Bodies of an account's figures beside its score; the definitions stand in the descriptions."""

from datetime import datetime

from pydantic import ConfigDict, Field

from pantau.analytics.examples import beside
from pantau.analytics.models import BoardStatus, Body, Readable, Sentiment, SlidingWindow
from pantau.contracts.fields import Platform

EXAMPLES = beside(__file__)


class FollowersGained(Body):
    known: int | None = Field(description="Last reading before the span's end; null: never read")
    first: int | None = Field(description="First reading in the span; null: fewer than two readings in it")
    first_at: datetime | None
    last: int | None
    last_at: datetime | None
    change: int | None = Field(description="last - first")
    change_share: float | None = Field(description="Of `first`: 0.05 is 5 % more; null where that is 0")


class Engagement(Body):
    engagements: int | None = Field(
        description="Likes gained and comments, as the score counts them; shares and saves are not in it"
    )
    rate: float | None = Field(
        description="engagements / followers / posts, with the followers known last and the posts published "
        "in the span, those above the daily limit too; 0.01 is 1 %. null without followers or posts. Of "
        "small accounts it is large by nature"
    )
    popularity: float | None = Field(description="Likes per post and 1,000 followers (Bonsón and Ratkai)")
    commitment: float | None = Field(description="Comments per post and 1,000 followers (Bonsón and Ratkai)")


class Cadence(Body):
    posts: int = Field(description="Published in the span and not deleted, those above the daily limit too")
    posts_per_day: float | None = Field(description="In the part of the span that is over")
    days: int = Field(description="Days of Asia/Jakarta that the span, as far as it is over, has a part in")
    days_with_post: int
    longest_gap_hours: float = Field(
        description="Between two posts, the span's start and the first, or the last and the span's end"
    )


class Replies(Body):
    comments: int = Field(
        description="Comments of others written in the span, not deleted, that answer no other comment or "
        "got an answer"
    )
    answered: int = Field(
        description="Those that the account itself answered with a comment whose parent they are. An answer "
        "without a parent, in a private message or by another account is not seen"
    )
    median_seconds: float | None = Field(description="Until the first answer, of the answered ones; exact")
    p90_seconds: float | None = Field(description="Nine of ten answered ones waited at most this long")
    within_12h_share: float | None = Field(
        description="Answered within 12 hours, of those answered within them or older than them. Comments "
        "that need no answer are among them: whether one does is not known"
    )
    unanswered: int
    oldest_open_at: datetime | None = Field(description="The oldest without an answer")
    open_questions: int = Field(
        description="Unanswered ones with a question mark; texts are known for 90 days"
    )
    oldest_open_question_at: datetime | None


class Metrics(Body):
    followers: FollowersGained
    engagement: Engagement
    cadence: Cadence
    replies: Replies
    comments_counted: int = Field(description="As the score counts them, collected one by one")
    share_of_voice: float | None = Field(description="Of the counted comments of all active accounts")
    sentiment: Sentiment
    net_sentiment: float | None = Field(description="(positive - negative) / counted comments: -1 to 1")
    interaction_quality: float | None = Field(
        description="Share of the counted comments that are not negative and have at least two different "
        "words, among those whose words are known: 0 to 1"
    )


class PlatformMetrics(Metrics):
    platform: Platform


class AccountMetrics(Readable):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES["metrics"]]})

    account_id: str
    short_name: str
    window: SlidingWindow | None = Field(description="null when a month was asked for")
    month: str | None = Field(description="YYYY-MM in Asia/Jakarta; null when a window was asked for")
    at: datetime = Field(description="Instant that the figures stand for; replies are looked for until then")
    starts_at: datetime = Field(serialization_alias="from", description="Start of the span, included")
    ends_at: datetime = Field(serialization_alias="until", description="End of the span, not included")
    status: BoardStatus
    simulated: bool
    total: Metrics = Field(description="Of all platforms together; followers are added up")
    platforms: list[PlatformMetrics]
