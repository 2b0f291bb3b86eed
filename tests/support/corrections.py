"""One account, one post and comments whose labels people change."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from pantau.contracts.events import AccountRegistered, LabelledComment, PostObserved
from pantau.contracts.fields import Label, Platform
from pantau.runtime.clickhouse import connect

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


SECOND = timedelta(seconds=1)


BASE: dict[str, Any] = {"account_id": "dinkes", "platform": Platform.INSTAGRAM}


SEEN = BASE | {"observed_at": AT, "received_at": AT}


ACCOUNT = AccountRegistered(
    account_id="dinkes", name="D", short_name="D", onboarded_at=AT - timedelta(days=9), registered_at=AT
)


POST = PostObserved(**SEEN, post_id="p1", published_at=AT)


def comment(name: str = "c1", labelled: int = 0, **changed: Any) -> LabelledComment:
    given = SEEN | {"comment_id": name, "post_id": "p1", "text": "wah cepat", "created_at": AT}
    given |= {"label": Label.POSITIVE, "model_version": "m", "labelled_at": AT + labelled * SECOND}
    return LabelledComment(**(given | changed))


@asynccontextmanager
async def database(url: str) -> AsyncIterator[Any]:
    client = await connect(url)
    try:
        yield client
    finally:
        await client.close()
