"""Every event that flows through Kafka, version 1.

A change that an old reader could misread gets a new `schema_version`; readers send versions they do not
know to dead letters. Unknown fields are dropped, wrong types are refused (no coercion).
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pantau.contracts.fields import (
    AccountId,
    AccountKind,
    CommentText,
    Count,
    Flag,
    Identifier,
    Instant,
    KeyName,
    Label,
    Name,
    Platform,
    PostKind,
    PostText,
    Probability,
    Pseudonym,
    Reason,
    ShortName,
    TextDigest,
    Verdict,
)

MAX_COMMENTS_PER_BATCH = 500


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Event(Value):
    schema_version: Literal[1] = 1


class AccountRegistered(Event):
    """An account to watch, or a change to one. The latest `registered_at` wins."""

    type: Literal["account.registered"] = "account.registered"
    account_id: AccountId
    name: Name
    short_name: ShortName = Field(description="What the wall shows, at most 24 characters")
    kind: AccountKind = AccountKind.OTHER
    active: bool = True
    onboarded_at: Instant = Field(description="Posts older than this start from a baseline, not from zero")
    registered_at: Instant


class Observation(Event):
    """What ingest saw at one instant. `received_at` (by ingest) is never part of identity."""

    account_id: AccountId
    platform: Platform
    observed_at: Instant
    received_at: Instant
    simulated: bool = Field(default=False, description="Made by the demo feed; shown as data simulasi")


class PostObserved(Observation):
    """A post as it stood at `observed_at`. Identity: account, platform and post id."""

    type: Literal["post.observed"] = "post.observed"
    post_id: Identifier
    published_at: Instant
    kind: PostKind = PostKind.OTHER
    text: PostText = ""
    permalink: Annotated[str, Field(max_length=2048)] | None = None
    giveaway: bool = False
    boosted: bool = False
    deleted: bool = False


class MetricsObserved(Observation):
    """Lifetime totals of one post as read at `observed_at`; they may fall. None: no count was given."""

    type: Literal["metrics.observed"] = "metrics.observed"
    post_id: Identifier
    views: Count | None = None
    likes: Count | None = None
    comments: Count | None = None
    shares: Count | None = None
    saves: Count | None = None
    definition_version: Annotated[str, Field(max_length=64)] = "1"


class FollowersObserved(Observation):
    type: Literal["followers.observed"] = "followers.observed"
    followers: Count


class CommentObserved(Observation):
    """A comment as it stood at `observed_at`. Identity: account, platform, post id and comment id.

    An edit or a deletion is the same identity with a later `observed_at`. A comment without `post_id`
    counts for its account and stands outside the per-post rules.
    """

    type: Literal["comment.observed"] = "comment.observed"
    comment_id: Identifier
    post_id: Identifier | None = None
    parent_id: Identifier | None = None
    author: Pseudonym | None = Field(default=None, description="HMAC-SHA256(key, platform:id), never an id")
    by_account: bool = Field(default=False, description="Written by the watched account itself")
    text: CommentText = Field(description="Personal data masked by ingest")
    created_at: Instant
    deleted: bool = False


class Probabilities(Value):
    negative: Probability
    neutral: Probability
    positive: Probability


class LabelledComment(CommentObserved):
    """A comment and what the model says of it. A deleted comment travels without a label."""

    label: Label | None
    probabilities: Probabilities | None = None
    model_version: Annotated[str, Field(max_length=128)]
    labelled_at: Instant
    relabelled: bool = Field(
        default=False, description="Read again by a newer model, long after it arrived; not stored"
    )

    @model_validator(mode="after")
    def _labelled_unless_deleted(self) -> "LabelledComment":
        if self.label is None and not self.deleted:
            raise ValueError("a comment that is not deleted needs a label")
        return self


class CommentsLabelled(Event):
    """A batch of one account's comments, labelled together: one at quiet times, many in a backlog."""

    type: Literal["comments.labelled"] = "comments.labelled"
    account_id: AccountId
    comments: Annotated[
        tuple[LabelledComment, ...], Field(min_length=1, max_length=MAX_COMMENTS_PER_BATCH, strict=False)
    ]


class LabelCorrected(Event):
    """What a person says of a comment: it holds over every model's label, whichever comes first.

    Identity: the comment's. The latest `corrected_at` holds; `label` null withdraws the correction.
    """

    type: Literal["label.corrected"] = "label.corrected"
    account_id: AccountId
    platform: Platform
    post_id: Identifier | None = None
    comment_id: Identifier
    label: Label | None = Field(description="null: withdrawn, the model's label holds again")
    corrected_by: KeyName = Field(description="Name of the API key that was used, never a person's data")
    reason: Reason = ""
    text_digest: TextDigest = Field(default="", description="Of the text that was corrected; empty: unknown")
    corrected_at: Instant


class FlagReviewed(Event):
    """What a person decided about a flag on a post: it holds over the rule that raised it.

    Identity: account, platform, post and flag. The latest `reviewed_at` holds; `verdict` null withdraws.
    """

    type: Literal["flag.reviewed"] = "flag.reviewed"
    account_id: AccountId
    platform: Platform
    post_id: Identifier
    flag: Flag
    verdict: Verdict | None = Field(description="null: withdrawn, the rule decides again")
    reviewed_by: KeyName = Field(description="Name of the API key that was used, never a person's data")
    reason: Reason = ""
    reviewed_at: Instant


class ScorePart(Value):
    """One of the four variables. `raw` None: not given by any platform of the account."""

    raw: Count | None
    normalised: float | None
    weight: float
    points: float | None


class ScoreParts(Value):
    views: ScorePart
    posts: ScorePart
    comments: ScorePart
    likes: ScorePart


class ScoreChanged(Event):
    """An account's score in one window. `period` is the month (YYYY-MM) when window is month, else empty."""

    type: Literal["score.changed"] = "score.changed"
    account_id: AccountId
    window: Literal["1h", "24h", "7d", "30d", "month"]
    period: Annotated[str, Field(pattern=r"^(\d{4}-\d{2})?$")] = ""
    at: Instant
    score: float | None
    rank: int | None
    completeness: float
    incomplete: bool
    parts: ScoreParts
    positive: Count
    neutral: Count
    negative: Count
    simulated: bool
    newest_event_at: Instant | None
    group: str = Field(default="", description="Peer group that the rank is among; empty: of no group")
    posts_missing: Count = Field(
        default=0, description="Counted posts short of the minimum; above 0 there is no rank"
    )
    rules_version: str
    normaliser: str
    computed_at: Instant


class DeadLetter(Event):
    """A record that could not be processed, with its bytes, so that it can be replayed once mended."""

    type: Literal["dead.letter"] = "dead.letter"
    service: str
    reason: Annotated[str, Field(description="Short code with a bounded set of values")]
    detail: str
    topic: str
    partition: int
    offset: int
    position: Annotated[int | None, Field(description="Index in the message's batch")] = None
    payload_base64: str
    failed_at: Instant


class DeadLetterDecided(Event):
    """What a person did with a dead letter, which stays where it is. The latest `decided_at` is shown."""

    type: Literal["dead.letter.decided"] = "dead.letter.decided"
    partition: Annotated[int, Field(description="Of the letter on social.dead-letters")]
    offset: Annotated[int, Field(description="Of the letter on social.dead-letters")]
    decision: Annotated[
        Literal["replayed", "dropped"],
        Field(description="Its bytes were sent to their topic again; or nobody is to replay it"),
    ]
    decided_by: Name
    reason: Reason = ""
    decided_at: Instant


PostEvent = Annotated[PostObserved | MetricsObserved | FollowersObserved, Field(discriminator="type")]
Correction = Annotated[LabelCorrected | FlagReviewed, Field(discriminator="type")]
