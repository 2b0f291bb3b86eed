"""What the read models of all rooms share. Instants are RFC 3339 in UTC; floats are rounded already."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

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
