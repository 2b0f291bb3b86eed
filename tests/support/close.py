"""A month's events for the closing tests, and their way into ClickHouse."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from deploy.local.places import ROOT
from pantau.contracts.events import (
    AccountRegistered,
    Event,
    FollowersObserved,
    LabelledComment,
    MetricsObserved,
    PostObserved,
)
from pantau.contracts.fields import Label, Platform
from pantau.runtime.clickhouse import connect
from pantau.score.rules import Rules, load_rules
from pantau.score.windows import closes_at, month_span
from services.scoring.buckets.flush import Flush
from services.scoring.close.closing import CloseRequest, Closing, close

RULES = load_rules(ROOT / "deploy" / "scoring" / "rules.yaml")
OCTOBER = date(2026, 10, 1)
SPAN = month_span(OCTOBER)
MATURE = closes_at(OCTOBER)
ACCOUNTS = tuple(f"akun-{n}" for n in range(6))
HOUR = timedelta(hours=1)
FACTS = ("accounts", "posts", "metric_readings", "follower_readings", "comments")


def seen(account: str, at: datetime, platform: Platform = Platform.INSTAGRAM) -> dict[str, Any]:
    return {"account_id": account, "platform": platform, "observed_at": at, "received_at": at}


def registered(account: str, **changed: Any) -> AccountRegistered:
    began = SPAN.start - timedelta(days=40)
    given: dict[str, Any] = {
        "name": account,
        "short_name": account.title(),
        "onboarded_at": began,
        "registered_at": began,
    }
    return AccountRegistered(account_id=account, **given | changed)


def comment(account: str, name: str, post: str | None, at: datetime, **changed: Any) -> LabelledComment:
    said: dict[str, Any] = {
        "author": f"{abs(hash(name)) % 50:064x}",
        "text": f"halo {name}",
        "created_at": at,
    }
    label = {"label": Label.POSITIVE, "model_version": "test", "labelled_at": at}
    return LabelledComment(
        **seen(account, at) | said | label | {"comment_id": name, "post_id": post} | changed
    )


def october(seed: int = 1) -> list[Event]:
    """Of six accounts: posts in October and around it, readings up to and past the closing, comments."""
    dice = random.Random(seed)
    events: list[Event] = [registered(account) for account in ACCOUNTS]
    for number, account in enumerate(ACCOUNTS):
        followers = 10 ** (number % 4 + 2)
        events.append(FollowersObserved(**seen(account, SPAN.until - HOUR), followers=followers))
        events.append(FollowersObserved(**seen(account, MATURE + HOUR), followers=7 * followers))
        for post in range(3 + number):
            at = SPAN.start + timedelta(hours=dice.randint(-30, 24 * 31 + 20))
            events += _post(dice, account, f"p{post}", at)
    return events


def _post(dice: random.Random, account: str, name: str, at: datetime) -> list[Event]:
    events: list[Event] = [
        PostObserved(**seen(account, at), post_id=name, published_at=at, giveaway=dice.random() < 0.1)
    ]
    for step in range(5):
        read_at = min(at + timedelta(hours=30 * step), MATURE + timedelta(minutes=step - 1))
        total = dice.randint(0, 400) * step
        counts: dict[str, Any] = {"views": 9 * total, "likes": total, "comments": total // 7}
        events.append(MetricsObserved(**seen(account, read_at), post_id=name, **counts))
    for number in range(dice.randint(0, 25)):
        said_at = at + timedelta(hours=dice.randint(0, 200))
        who: dict[str, Any] = {"author": f"{dice.randint(0, 9):064x}", "deleted": dice.random() < 0.1}
        who |= {"by_account": dice.random() < 0.1, "label": dice.choice(list(Label))}
        events.append(comment(account, f"{name}-c{number}", name, said_at, **who))
    return events


async def write(client: AsyncClient, events: Sequence[Any], rules: Rules = RULES, size: int = 1000) -> None:
    flush = Flush(client, rules)
    for start in range(0, len(events), size):
        await flush.write(events[start : start + size])


async def closed(
    client: AsyncClient, *, rules: Rules = RULES, now: datetime = MATURE, **wanted: Any
) -> Closing:
    return await close(client, CloseRequest(OCTOBER, rules, **wanted), lambda: now)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AsyncClient]:
    client = await connect(url)
    try:
        yield client
    finally:
        await client.close()
