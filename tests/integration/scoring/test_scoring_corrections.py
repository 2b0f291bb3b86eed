"""A person's word in the buckets: whichever comes first, whatever a model says later; never in the score."""

import asyncio
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from pantau.contracts import topics as names
from pantau.contracts.events import LabelCorrected
from pantau.contracts.fields import Label
from pantau.runtime.clock import utc_now
from pantau.runtime.kafka.publisher import Record
from pantau.score.bucket_sums import month_ranking, sliding_rankings
from pantau.score.windows import Window, month_of
from services.scoring.buckets.flush import Flush
from tests.support.api import KEY, Api, running_api
from tests.support.corrections import ACCOUNT, AT, BASE, POST, SECOND, comment, database
from tests.support.oracle import Oracle
from tests.support.processes import service
from tests.support.scoring_oracle import RULES, comparable
from tests.support.scoring_service import environment, publish, records


def correction(label: Label | None, seconds: int = 0, name: str = "c1", **changed: Any) -> LabelCorrected:
    given = BASE | {"post_id": "p1", "comment_id": name, "label": label, "corrected_by": "humas"}
    return LabelCorrected(**(given | {"corrected_at": AT + seconds * SECOND} | changed))


async def moods(client: Any) -> tuple[int, int, int]:
    """Positive, neutral, negative of the account in the last hour; the hours and the month have to agree."""
    (score,) = (await sliding_rankings(client, (Window.HOUR,), AT, RULES))[Window.HOUR].scores
    (month,) = (await month_ranking(client, month_of(AT), RULES, AT)).scores
    given = (score.positive, score.neutral, score.negative)
    assert (month.positive, month.neutral, month.negative) == given
    hours = "SELECT sum(positive), sum(neutral), sum(negative) FROM hour_buckets FINAL"
    assert (await client.query(hours)).result_rows == [given]
    return given


async def test_every_order_ends_with_what_the_person_said(clickhouse_database_url: str) -> None:
    events: list[Any] = [comment(), comment(labelled=60, label=Label.NEUTRAL), correction(Label.NEGATIVE, 5)]
    async with database(clickhouse_database_url) as client:
        flush = Flush(client, RULES)
        await flush.write([ACCOUNT, POST])
        for n, order in enumerate(permutations(events)):
            for event in order:
                await flush.write([event.model_copy(update={"comment_id": f"c{n}"})])
            assert await moods(client) == (0, 0, n + 1)


async def test_each_correction_moves_the_counts_at_once_and_nothing_else(
    clickhouse_database_url: str,
) -> None:
    steps: list[tuple[Any, tuple[int, int, int]]] = [
        (comment(), (1, 0, 0)),
        (correction(Label.NEGATIVE, 10), (0, 0, 1)),
        (comment(labelled=600, label=Label.NEUTRAL, relabelled=True), (0, 0, 1)),
        (correction(Label.POSITIVE, 5), (0, 0, 1)),  # older than the one that holds
        (correction(Label.POSITIVE, 20), (1, 0, 0)),
        (correction(None, 30), (0, 1, 0)),  # withdrawn: what the model says now
        (correction(Label.NEGATIVE, 40), (0, 0, 1)),
        (comment(deleted=True, label=None, observed_at=AT + SECOND), (0, 0, 0)),
        (correction(Label.POSITIVE, 50), (0, 0, 0)),
        (correction(Label.POSITIVE, 0, "another"), (0, 0, 0)),  # of a comment that never came
    ]
    sent: list[Any] = [ACCOUNT, POST]
    async with database(clickhouse_database_url) as client:
        flush = Flush(client, RULES)
        await flush.write(sent)
        points: list[Any] = []
        for event, expected in steps:
            await flush.write([event])
            sent.append(event)
            assert await moods(client) == expected
            scores = (await sliding_rankings(client, (Window.DAY,), AT, RULES))[Window.DAY].scores
            assert comparable(scores) == Oracle(sent, RULES.model_dump(mode="json")).sliding("24h", AT)
            points.append({metric: part.points for metric, part in scores[0].parts.items()})
        assert all(each == points[0] for each in points[:7])


async def test_what_is_not_counted_is_not_counted_by_correcting_it(clickhouse_database_url: str) -> None:
    same: dict[str, Any] = {"author": "a" * 64}
    many = [comment(f"c{n}", **same, created_at=AT + n * SECOND) for n in range(5)]
    own = comment("own", by_account=True)
    async with database(clickhouse_database_url) as client:
        flush = Flush(client, RULES)
        await flush.write([ACCOUNT, POST, own, *many])
        assert await moods(client) == (3, 0, 0)
        await flush.write([correction(Label.NEGATIVE, 1, name) for name in ("own", "c2", "c3", "c4")])
        assert await moods(client) == (2, 0, 1)


async def test_the_audit_keeps_each_once_however_often_it_is_delivered(clickhouse_database_url: str) -> None:
    said = [correction(label, n) for n, label in enumerate((Label.NEGATIVE, None, Label.POSITIVE))]
    async with database(clickhouse_database_url) as client:
        flush = Flush(client, RULES)
        for batch in ([said[2]], said[:2], said, said[:1]):
            await flush.write(batch)
        audit = "SELECT label, corrected_by FROM label_audit FINAL ORDER BY corrected_at"
        assert (await client.query(audit)).result_rows == [
            ("negative", "humas"),
            ("", "humas"),
            ("positive", "humas"),
        ]
        held = "SELECT label FROM label_corrections FINAL"
        assert (await client.query(held)).result_rows == [("positive",)]


async def until(api: Api, label: str, by: str, counts: dict[str, int]) -> None:
    """Wait for a comment's label and the account's counts in both services' words."""
    async with asyncio.timeout(60):
        while True:
            comments = (await api.get("/v1/comments"))["comments"]
            scores = (await api.get("/v1/scores", window="1h"))["scores"]
            shown = [(c["label"], c["label_by"]) for c in comments]
            if shown == [(label, by)] and [s["sentiment"] for s in scores] == [counts]:
                return
            await asyncio.sleep(0.1)


@pytest.mark.timeout(240)
async def test_from_the_request_to_the_score(
    topics: str, clickhouse_database_url: str, tmp_path: Path
) -> None:
    now = utc_now().replace(microsecond=0)
    live = comment(created_at=now, observed_at=now, received_at=now, labelled_at=now)
    url = clickhouse_database_url
    with service("scoring", environment(topics, url), tmp_path) as scoring:
        keys: dict[str, Any] = {"API_LABEL_KEYS": f"humas:{KEY}"}
        async with running_api(url, topics, clock=utc_now, wait_for="ready\n", **keys) as api:
            await publish(topics, records([ACCOUNT, POST, live]))
            await until(api, "positive", "model", {"positive": 1, "neutral": 0, "negative": 0})
            answer = await api.client.post("/v1/comments/c1/label", json={"label": "negative"})
            assert answer.status_code == 202, answer.text
            await until(api, "negative", "human", {"positive": 0, "neutral": 0, "negative": 1})
            again = live.model_copy(update={"label": Label.NEUTRAL, "labelled_at": now + 60 * SECOND})
            await publish(topics, records([again]))
            broken = Record(names.CORRECTIONS, b"dinkes", b'{"type":"label.corrected"}')
            await publish(topics, [broken])  # to dead letters; the rest goes on
            async with asyncio.timeout(60):
                while (await api.get("/v1/comments"))["comments"][0]["model_label"] != "neutral":  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            await until(api, "negative", "human", {"positive": 0, "neutral": 0, "negative": 1})
            answer = await api.client.post("/v1/comments/c1/label", json={"label": None})
            assert answer.status_code == 202
            await until(api, "neutral", "model", {"positive": 0, "neutral": 1, "negative": 0})
            trail = (await api.get("/v1/corrections"))["corrections"]
            assert [(c["label"], c["corrected_by"], c["holds"]) for c in trail] == [
                (None, "humas", True),
                ("negative", "humas", False),
            ]
        assert scoring.terminate() == 0, scoring.tail()
