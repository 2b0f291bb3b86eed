"""Corrections of labels, as the audit trail tells them."""

from datetime import datetime

from pydantic import ConfigDict, Field

from pantau.analytics.examples import beside
from pantau.analytics.models import Body, Readable
from pantau.contracts.fields import Label, Platform

EXAMPLES = beside(__file__)


class Correction(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES["correction"]]})

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
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES["corrections"]]})

    corrections: list[AuditedCorrection]
    next: str | None = Field(description="Give it as `before` for the next page; null: there is none")
