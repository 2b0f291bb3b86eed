"""What the queries of pantau.analytics.flags.queries give back."""

from dataclasses import dataclass
from datetime import date, datetime

from pantau.contracts.fields import Flag
from pantau.score.fact_sums import PostKey
from pantau.score.windows import Span


@dataclass(frozen=True, slots=True)
class FlagScope:
    """Where flags are sought: a month's posts, or posts with comments in a span; of one account or all."""

    span: Span
    month: date | None = None
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag and its evidence, the whole post's. `readable`: comments whose words are known."""

    post: PostKey
    flag: Flag
    comments: int
    authors: int
    texts: int | None
    first_at: datetime
    last_at: datetime
    not_counted: int
    samples: list[str]
    readable: int
    simulated: bool


@dataclass(frozen=True, slots=True)
class Post:
    """`observed`: comments of others; `counted`: those that count. None: the post itself is not known."""

    observed: int
    counted: int
    published_at: datetime | None
    permalink: str | None
