"""Labelled comments, by page."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from pantau.analytics.examples import beside
from pantau.analytics.models import Body, Readable
from pantau.contracts.fields import Label, Platform

EXAMPLES = beside(__file__)


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
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES["comments"]]})

    comments: list[Comment]
    next: str | None = Field(description="Give it as `before` for the next page; null: there is none")
