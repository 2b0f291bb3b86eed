"""Comments as a backlog has them: one account's batch a message, spread over the last day's posts."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pantau.contracts import topics
from pantau.contracts.codec import encode
from pantau.contracts.events import (
    AccountRegistered,
    CommentsLabelled,
    LabelledComment,
    PostObserved,
    Probabilities,
)
from pantau.contracts.fields import Label, Platform
from pantau.runtime.kafka.publisher import Record

ACCOUNTS = 51
POSTS = 20  # an account
AUTHORS = 5_000
HOURS = 20
PUBLISHED_AT_ONCE = 500
WORDS = [
    "terima",
    "kasih",
    "pelayanan",
    "cepat",
    "ramah",
    "antre",
    "lama",
    "sekali",
    "mohon",
    "diperbaiki",
    "jalan",
    "rusak",
    "warga",
    "lampung",
    "dinas",
    "puskesmas",
    "bagus",
    "semoga",
    "jadwal",
    "kapan",
    "buka",
    "informasi",
    "nomor",
    "kantor",
    "petugas",
    "kurang",
    "jelas",
    "mantap",
]


def accounts() -> list[str]:
    return [f"akun-{n:02}" for n in range(ACCOUNTS)]


def registrations(now: datetime) -> list[AccountRegistered | PostObserved]:
    """The accounts and their posts, from before the comments."""
    begun = now - timedelta(hours=HOURS + 1)
    registered = [
        AccountRegistered(
            account_id=a, name=a, short_name=a, onboarded_at=begun - timedelta(days=30), registered_at=begun
        )
        for a in accounts()
    ]
    posts = [
        PostObserved(
            account_id=account,
            platform=Platform.INSTAGRAM,
            post_id=f"p{n}",
            published_at=begun + timedelta(minutes=n),
            observed_at=begun,
            received_at=begun,
        )
        for account in accounts()
        for n in range(POSTS)
    ]
    return [*registered, *posts]


def batches(count: int, each: int, seed: int = 1) -> Iterator[CommentsLabelled]:
    """`count` comments in all, `each` in one message, account after account in turn."""
    dice = random.Random(seed)
    now = datetime.now(UTC)
    names = accounts()
    for start in range(0, count, each):
        account = names[start // each % ACCOUNTS]
        made = tuple(comment(dice, account, n, now) for n in range(start, min(start + each, count)))
        yield CommentsLabelled(account_id=account, comments=made)


def comment(dice: random.Random, account: str, number: int, now: datetime) -> LabelledComment:
    at = now - timedelta(seconds=dice.uniform(0, 3600 * HOURS))
    negative = round(dice.random() / 2, 4)
    given: dict[str, Any] = {"negative": negative, "neutral": 0.5 - negative, "positive": 0.5}
    return LabelledComment(
        account_id=account,
        platform=Platform.INSTAGRAM,
        comment_id=f"1792{number:013}",
        post_id=f"p{dice.randrange(POSTS)}",
        author=f"{dice.randrange(AUTHORS):064x}",
        text=" ".join(dice.choices(WORDS, k=dice.randint(1, 16))),
        created_at=at,
        observed_at=at + timedelta(seconds=30),
        received_at=now,
        label=dice.choice(list(Label)),
        probabilities=Probabilities(**given),
        model_version="bench",
        labelled_at=now,
    )


def records(messages: Iterator[CommentsLabelled]) -> Iterator[list[Record]]:
    """As sentiment publishes them, in lists that one call of a producer can take."""
    held: list[Record] = []
    for message in messages:
        held.append(Record(topics.LABELLED, message.account_id.encode(), encode(message)))
        if len(held) == PUBLISHED_AT_ONCE:
            yield held
            held = []
    if held:
        yield held
