"""An account, its post and comments as they arrive."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pantau.contracts.events import (
    AccountRegistered,
    LabelledComment,
    PostObserved,
)
from pantau.contracts.fields import Label, Platform

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def account(account_id: str = "dinkes", *, active: bool = True) -> AccountRegistered:
    return AccountRegistered(
        account_id=account_id,
        name=account_id,
        short_name=account_id.title(),
        active=active,
        onboarded_at=NOON - 24 * HOUR,
        registered_at=NOON - 24 * HOUR,
    )


def post(received_at: datetime, observed_at: datetime | None = None, **changed: Any) -> PostObserved:
    observed_at = observed_at or received_at
    given: dict[str, Any] = {"account_id": "dinkes", "platform": Platform.TIKTOK, "post_id": "p"}
    times = {"observed_at": observed_at, "published_at": observed_at, "received_at": received_at}
    return PostObserved(**(given | times | changed))


def comment(received_at: datetime, **changed: Any) -> LabelledComment:
    given: dict[str, Any] = {
        "account_id": "dinkes",
        "platform": Platform.TIKTOK,
        "comment_id": "c",
        "text": "kapan buka",
        **dict.fromkeys(("created_at", "observed_at", "received_at", "labelled_at"), received_at),
        "label": Label.NEUTRAL,
        "model_version": "m",
    }
    return LabelledComment(**(given | changed))
