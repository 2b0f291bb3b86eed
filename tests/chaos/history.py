"""A generated history in the two file shapes that replay reads."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

FIRST = datetime(2026, 8, 1, tzinfo=UTC)
ACCOUNTS, POSTS, READINGS, COMMENTS = 40, 8, 5, 12_000
TEXTS = ("mantap min 🔥", "kapan jalan diperbaiki?", "pelayanan lambat sekali")
COLUMNS = (
    *("platform", "account_id", "account_name", "post_id", "published_at", "observed_at"),
    *("views", "likes", "dislikes", "comments", "shares", "saves"),
)


def generated(folder: Path, seed: int) -> list[Path]:
    """Comments and readings of 40 accounts over 60 days; the same for the same seed."""
    dice = random.Random(seed)
    comments, readings = folder / "comments.jsonl", folder / "readings.csv"
    comments.write_text("".join(_comment(dice, n) for n in range(COMMENTS)), encoding="utf-8")
    lines = [",".join(COLUMNS), *_readings(dice)]
    readings.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [comments, readings]


def _comment(dice: random.Random, number: int) -> str:
    row = {
        "id": f"c{number}",
        "platform": "instagram",
        "account": f"akun-{dice.randrange(ACCOUNTS)}",
        "post_id": f"p{dice.randrange(POSTS)}",
        "parent_id": None,
        "author": f"u{dice.randrange(900)}",
        "text": dice.choice(TEXTS),
        "created_at": (FIRST + timedelta(seconds=dice.randrange(60 * 86_400))).isoformat(),
    }
    return json.dumps(row, ensure_ascii=False) + "\n"


def _readings(dice: random.Random) -> list[str]:
    lines = []
    for account in range(ACCOUNTS):
        for post in range(POSTS):
            published = FIRST + timedelta(days=dice.randrange(50), minutes=dice.randrange(1440))
            for step in range(1, READINGS + 1):
                seen, total = published + timedelta(hours=step * 7), dice.randrange(400) * step
                about = f"instagram,akun-{account},Akun {account},p{post}"
                counts = f"{total * 9},{total},,{total // 6},,"
                lines.append(f"{about},{published.isoformat()},{seen.isoformat()},{counts}")
    return lines
