"""What the queries of pantau.analytics.queries give back."""

from dataclasses import dataclass
from datetime import datetime

from pantau.score.formula import AccountScore


@dataclass(frozen=True, slots=True)
class Account:
    account_id: str
    name: str
    short_name: str
    kind: str
    active: bool
    onboarded_at: datetime


@dataclass(frozen=True, slots=True)
class Ahead:
    """The newest event of a platform that was ahead of its arrival at `received_at`, and by how much."""

    platform: str
    received_at: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class AccountData:
    """What is known of an account's events over all time. No instant is after the one it was read at."""

    platforms: list[str]
    newest_event_at: datetime | None
    newest_received_at: datetime | None
    simulated: bool
    ahead: list[Ahead]


@dataclass(frozen=True, slots=True)
class Tick:
    """`at`: the instant for which all scores were last computed, whether they changed or not."""

    at: datetime
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """Scores by account, and the rules that they were computed with."""

    scores: dict[str, AccountScore]
    rules_version: str
    normaliser: str


@dataclass(frozen=True, slots=True)
class StoredScores(Figures):
    """The rows of one window; rules and instant are those of the row computed last."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Followers:
    platform: str
    followers: int
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    account_id: str
    platform: str
    post_id: str
    comment_id: str
    text: str
    label: str
    model_label: str
    corrected: bool
    negative: float
    neutral: float
    positive: float
    model_version: str
    created_at: datetime
    labelled_at: datetime
    by_account: bool


@dataclass(frozen=True, slots=True)
class Target:
    """A comment that may be corrected, with its last correction if there was one."""

    account_id: str
    platform: str
    post_id: str
    comment_id: str
    model_label: str
    text_digest: str
    corrected_at: datetime | None


@dataclass(frozen=True, slots=True)
class Correction:
    """`holds`: no later one replaced it. An empty `label` withdraws; empty `model_label`: there is none.

    `edited_since` is None where the text of then or of now is not known.
    """

    account_id: str
    platform: str
    post_id: str
    comment_id: str
    label: str
    reason: str
    corrected_by: str
    corrected_at: datetime
    holds: bool
    model_label: str
    edited_since: bool | None


@dataclass(frozen=True, slots=True)
class Example:
    """A corrected comment for training; `text` is empty when it is not there any more, or is another one."""

    account_id: str
    platform: str
    post_id: str
    comment_id: str
    label: str
    text: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class Mood:
    """Comments of one minute by sentiment."""

    minute: datetime
    positive: int
    neutral: int
    negative: int


@dataclass(frozen=True, slots=True)
class Negatives:
    """One account's negative and all comments: recently, and in the usual span before."""

    account_id: str
    negatives: int
    comments: int
    usual_negatives: int
    usual_comments: int
    first_minute: datetime


@dataclass(frozen=True, slots=True)
class Replies:
    answered: int
    median_seconds: float | None
