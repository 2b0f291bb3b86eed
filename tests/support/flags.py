"""Comments that look like a campaign, and what of them is counted."""

from typing import Any

from pantau.contracts.events import LabelledComment
from tests.support.corrections import AT, SECOND, comment

CHEER = "Maju terus dinkes, mantap!"


def said(name: str, author: int | None, text: str, seconds: int = 0, **changed: Any) -> LabelledComment:
    given: dict[str, Any] = {"author": None if author is None else f"{author:064x}", "text": text}
    return comment(name, **given, created_at=AT + seconds * SECOND, **changed)


def cheers(count: int) -> list[LabelledComment]:
    return [said(f"c{n}", n, CHEER, n) for n in range(count)]


async def counted(client: Any) -> tuple[int, int]:
    """Comments that count and comments observed, which the post, the hours and the month agree about."""
    figures = "SELECT sum(comments), sum(comments_observed) FROM {} FINAL"
    tables = ("post_buckets", "post_buckets_by_minute", "hour_buckets", "month_buckets")
    told = {(await client.query(figures.format(table))).result_rows[0] for table in tables}
    assert len(told) == 1
    moods = "SELECT sum(positive + neutral + negative) - sum(comments) FROM post_buckets FINAL"
    assert (await client.query(moods)).result_rows == [(0,)]
    ((counts, observed),) = told
    return counts, observed
