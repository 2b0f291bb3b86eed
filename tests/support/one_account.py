"""One account and its comments at one instant."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pantau.contracts.events import AccountRegistered, LabelledComment
from pantau.contracts.fields import Label, Platform

AT = datetime(2026, 11, 21, 12, 10, tzinfo=UTC)


SEEN: dict[str, Any] = {
    "account_id": "dinkes",
    "platform": Platform.INSTAGRAM,
    "observed_at": AT,
    "received_at": AT,
}


ACCOUNT = AccountRegistered(
    account_id="dinkes", name="D", short_name="D", onboarded_at=AT - timedelta(days=9), registered_at=AT
)


def comment(post: str) -> LabelledComment:
    said: dict[str, Any] = {
        "comment_id": f"c-{post}",
        "text": "wah",
        "created_at": AT,
        "label": Label.POSITIVE,
    }
    return LabelledComment(**SEEN, **said, post_id=post, model_version="m", labelled_at=AT)
