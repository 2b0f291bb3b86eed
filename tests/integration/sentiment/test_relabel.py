"""A period through another model: beside the live flow, resumable, and never over a person's word."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from deploy.local.places import ROOT
from pantau.contracts import topics as names
from pantau.contracts.events import (
    AccountRegistered,
    CommentsLabelled,
    LabelCorrected,
    LabelledComment,
    PostObserved,
)
from pantau.contracts.fields import Label, Platform
from pantau.runtime.clickhouse import connect
from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka.publisher import Record
from services.scoring.buckets.flush import Flush
from services.sentiment.relabel.__main__ import EXIT_INTERRUPTED, Outcome, Relabelling, relabel
from services.sentiment.relabel.rate_limit import Pace
from services.sentiment.relabel.stored_comments import Span
from services.sentiment.settings import SentimentSettings
from tests.support.processes import service
from tests.support.scoring_oracle import RULES
from tests.support.scoring_service import (
    assert_scores_equal_oracle,
    environment,
    publish,
    records,
    wait_for_counts,
)
from tests.support.sentiment_fakes import FakePrediction, WordLabeller
from tests.support.sentiment_service import reading

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WORDS = {"bagus": Label.POSITIVE, "buruk": Label.NEGATIVE, "biasa": Label.NEUTRAL}


def clock() -> datetime:
    return NOON + timedelta(days=1)


def comment(number: int, start: datetime = NOON, **changed: Any) -> LabelledComment:
    """Labelled positive by the old model, whatever it says; one every ten minutes."""
    at = start + number * HOUR / 6
    given = {
        "account_id": f"opd-{number % 3}",
        "platform": Platform.INSTAGRAM,
        "post_id": None if number % 5 == 4 else "p1",
        "comment_id": f"c{number:03d}",
        "author": None if number % 4 == 3 else f"{number % 7:064x}",
        "text": list(WORDS)[number % 3],
        "created_at": at,
        "observed_at": at,
        "received_at": datetime.now(UTC),
        "label": Label.POSITIVE,
        "model_version": "old",
        "labelled_at": at,
    }
    return LabelledComment(**(given | changed))


async def stored(url: str, events: Sequence[Any]) -> None:
    client = await connect(url)
    await Flush(client, RULES).write(events)
    await client.close()


@dataclass
class Kafka:
    """Takes records in memory, and fails from a call on."""

    fails_at: int | None = None
    calls: int = 0
    taken: list[LabelledComment] = field(default_factory=list)

    async def publish(self, sent: Sequence[Record]) -> None:
        self.calls += 1
        if self.fails_at is not None and self.calls >= self.fails_at:
            raise RetryableError("away")
        for record in sent:
            assert record.topic == names.LABELLED
            message = CommentsLabelled.model_validate_json(record.value)
            assert record.key == message.account_id.encode()
            self.taken += message.comments


async def run(url: str, span: Span, kafka: Kafka, page_comments: int = 4) -> Outcome:
    client = await connect(url)
    outcome = Outcome(span.start)
    work = Relabelling(client, kafka.publish, WordLabeller(version="new"), clock, page_comments=page_comments)
    try:
        await work.run(span, await work.count(span), outcome, lambda _: None)
    except RetryableError:
        assert kafka.fails_at
    finally:
        await client.close()
    return outcome


async def test_exactly_the_period_is_published_as_it_was_observed(clickhouse_database_url: str) -> None:
    comments = [comment(n) for n in range(40)]
    gone = comment(20, deleted=True, label=None, text="", observed_at=NOON + 9 * HOUR)
    faded = comment(21, text="", observed_at=NOON + 9 * HOUR)
    edited = comment(22, text="buruk", observed_at=NOON + 9 * HOUR)
    ahead = comment(23, labelled_at=clock() + HOUR)
    await stored(clickhouse_database_url, [*comments, gone, faded, edited, ahead])
    kafka = Kafka()
    microsecond = timedelta(microseconds=1)
    span = Span(comments[5].created_at, comments[30].created_at + microsecond)
    outcome = await run(clickhouse_database_url, span, kafka)
    current = {c.comment_id: c for c in [*comments, edited, ahead]}
    wanted = {f"c{n:03d}" for n in range(5, 31)} - {"c020", "c021"}
    assert sorted(c.comment_id for c in kafka.taken) == sorted(wanted)
    told = {"label", "probabilities", "model_version", "labelled_at", "relabelled"}
    for sent in kafka.taken:
        before = current[sent.comment_id]
        assert sent.model_dump(exclude=told) == before.model_dump(exclude=told)
        assert (sent.label, sent.model_version, sent.relabelled) == (WORDS[sent.text], "new", True)
        assert sent.labelled_at > before.labelled_at
    assert outcome.done_until == span.until
    assert outcome.read == len(wanted)
    negative = sum(WORDS[current[name].text] is Label.NEGATIVE for name in wanted)
    assert outcome.moved["positive", "negative"] == negative
    only = Kafka()
    await run(clickhouse_database_url, Span(span.start, span.until, "opd-1"), only)
    assert {c.account_id for c in only.taken} == {"opd-1"}


async def test_it_is_taken_up_where_it_stopped(clickhouse_database_url: str) -> None:
    comments = [comment(n) for n in range(40)]
    await stored(clickhouse_database_url, comments)
    span = Span(NOON, NOON + 24 * HOUR)
    first = Kafka(fails_at=6)
    stopped = await run(clickhouse_database_url, span, first)
    assert span.start < stopped.done_until < span.until
    second = Kafka()
    await run(clickhouse_database_url, Span(stopped.done_until, span.until), second)
    both = {c.comment_id for c in first.taken} | {c.comment_id for c in second.taken}
    assert both == {c.comment_id for c in comments}
    assert len(second.taken) < len(comments)


async def test_a_rate_is_held_and_nothing_is_left_out(clickhouse_database_url: str) -> None:
    comments = [comment(n) for n in range(40)]
    await stored(clickhouse_database_url, comments)
    client = await connect(clickhouse_database_url)
    kafka, span, waited = Kafka(), Span(NOON, NOON + 24 * HOUR), list[float]()

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    pace = Pace(3, lambda: sum(waited), sleep)
    work = Relabelling(client, kafka.publish, WordLabeller(version="new"), clock, pace)
    await work.run(span, await work.count(span), Outcome(span.start), lambda _: None)
    await client.close()
    assert sorted(c.comment_id for c in kafka.taken) == sorted(c.comment_id for c in comments)
    assert sum(waited) == pytest.approx(40 / 3)
    assert max(waited) <= 1


class OtherLabeller(WordLabeller):
    """Everything is negative now."""

    def label(self, texts: Sequence[str]) -> list[FakePrediction]:
        return [FakePrediction("negative", 0.9, 0.05, 0.05) for _ in texts]


def history(start: datetime) -> list[Any]:
    seen: dict[str, Any] = {"platform": Platform.INSTAGRAM, "observed_at": start, "received_at": start}
    accounts = [f"opd-{n}" for n in range(3)]
    return [
        *(
            AccountRegistered(
                account_id=a, name=a, short_name=a, onboarded_at=start - 99 * HOUR, registered_at=start
            )
            for a in accounts
        ),
        *(PostObserved(**seen, account_id=a, post_id="p1", published_at=start) for a in accounts),
        *(comment(n, start) for n in range(60)),
    ]


@pytest.mark.timeout(240)
async def test_scores_follow_while_the_live_flow_goes_on(
    topics: str, clickhouse_database_url: str, tmp_path: Path
) -> None:
    url = clickhouse_database_url
    start = datetime.now(UTC).replace(microsecond=0) - 12 * HOUR
    events = history(start)
    corrected = LabelCorrected(
        **events[10].model_dump(include={"account_id", "platform", "post_id", "comment_id"}),
        label=Label.POSITIVE,
        corrected_by="humas",
        corrected_at=start,
    )
    late = [comment(n, start) for n in range(60, 66)]
    counts = {"accounts": 3, "posts": 3, "comments": 60, "label_corrections": 1}
    with service("scoring", environment(topics, url), tmp_path):
        correction = Record(
            names.CORRECTIONS, corrected.account_id.encode(), corrected.model_dump_json().encode()
        )
        await publish(topics, [*records(events), correction])
        await wait_for_counts(url, counts)
        settings = SentimentSettings(clickhouse_url=url, kafka_bootstrap_servers=topics)
        said = StringIO()
        working = relabel(
            settings,
            OtherLabeller(version="new"),
            Span(start, start + 10 * HOUR),
            Console(file=said, width=100),
        )
        status, _ = await asyncio.gather(working, publish(topics, records(late)))
        assert status == 0
        assert "60 comments read again, 60 labels changed" in said.getvalue()
        await wait_for_counts(url, counts | {"comments": 66})
        await wait_for_version(url, "new", 60)
        async with reading(topics, names.LABELLED) as labelled:
            await labelled.have(60 + 6 + 60)
        everything = [*events, corrected, *late, *labelled.comments()]
        await wait_for_counts(url, counts | {"comments": 66})
        await assert_scores_equal_oracle(url, everything)


async def wait_for_version(url: str, version: str, count: int) -> None:
    client = await connect(url)
    try:
        async with asyncio.timeout(60):
            while True:
                asked = "SELECT count() FROM comments FINAL WHERE model_version = {version:String}"
                rows = (await client.query(asked, parameters={"version": version})).result_rows
                if rows[0][0] == count:
                    return
                await asyncio.sleep(0.2)
    finally:
        await client.close()


async def test_away_it_says_how_to_go_on(clickhouse_database_url: str) -> None:
    await stored(clickhouse_database_url, [comment(n) for n in range(3)])
    settings = SentimentSettings(
        clickhouse_url=clickhouse_database_url, kafka_bootstrap_servers="127.0.0.1:1", retry_seconds=0.1
    )
    said = StringIO()
    span = Span(NOON, NOON + HOUR)
    status = await relabel(settings, WordLabeller(), span, Console(file=said, width=200))
    assert status == EXIT_INTERRUPTED
    assert f"Go on with --from {NOON.isoformat()} --to {span.until.isoformat()}" in said.getvalue()


async def command(url: str, kafka: str, *arguments: str) -> tuple[int, str]:
    done = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.sentiment.relabel", *arguments),
        cwd=ROOT,
        env=os.environ | environment(kafka, url) | {"COLUMNS": "120"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    async with asyncio.timeout(120):
        output, _ = await done.communicate()
    return done.returncode or 0, output.decode()


@pytest.mark.timeout(240)
async def test_the_command_with_the_shipped_model(topics: str, clickhouse_database_url: str) -> None:
    texts = [
        "Pelayanannya sangat bagus dan ramah, terima kasih banyak",
        "Pelayanan buruk sekali, sangat mengecewakan, petugasnya tidak ramah",
    ]
    await stored(clickhouse_database_url, [comment(n, text=text) for n, text in enumerate(texts)])
    period = ("--from", "2026-11-20T12:00:00Z", "--to", "2026-11-20T20:00:00+07:00", "--rate", "50")
    status, output = await command(clickhouse_database_url, topics, *period)
    assert status == 0, output
    assert "2 comments read again, 1 labels changed" in output
    assert re.search(r"model pantau-\S+@[0-9a-f]{12}", output)
    async with reading(topics, names.LABELLED) as labelled:
        await labelled.have(2)
    assert [c.label for c in sorted(labelled.comments(), key=lambda c: c.comment_id)] == [
        Label.POSITIVE,
        Label.NEGATIVE,
    ]
    for wrong in (("--from", "kemarin", "--to", "2026-11-20T20:00:00Z"), (period[0], period[3], *period[2:])):
        status, output = await command(clickhouse_database_url, topics, *wrong)
        assert status == 2, output
