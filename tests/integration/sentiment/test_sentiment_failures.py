"""What the service survives, and how it ends when it cannot."""

import asyncio
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.kafka.topics import create_missing, read_topics
from deploy.local import ports, processes
from deploy.local.kafka import Broker, broker_jars
from deploy.local.places import ROOT
from pantau.contracts import topics as names
from pantau.contracts.events import CommentObserved
from pantau.runtime.clock import utc_now
from tests.support.sentiment_fakes import comment
from tests.support.sentiment_service import REAL, Service, produce, reading, service, uncommitted

LAG = "pantau_consumer_lag_messages"
SMALL_BATCHES = {"SENTIMENT_BATCH_MAX_COMMENTS": "100"}


def many(count: int, start: int = 0) -> list[CommentObserved]:
    return [comment(n, f"opd-{n % 12}") for n in range(start, start + count)]


def ids(comments: list[CommentObserved]) -> set[str]:
    return {each.comment_id for each in comments}


@pytest.mark.parametrize(
    ("settings", "kill_after"),
    [({}, [400]), ({"SENTIMENT_INSTANCE": "sentiment-0"}, [200, 700, 701])],
    ids=["dynamic", "static"],
)
async def test_killed_in_mid_stream_it_loses_nothing(
    topics: str, tmp_path: Path, settings: dict[str, str], kill_after: list[int]
) -> None:
    comments = many(2000)
    await produce(topics, comments)
    with service(topics, tmp_path, seconds_per_comment=0.003, **SMALL_BATCHES, **settings) as labeller:
        async with reading(topics, names.LABELLED) as labelled:
            for seen in kill_after:
                labeller.start()
                await labelled.have(seen)
                await labeller.kill()
            assert len(set(labelled.ids())) < len(comments)
            labeller.start()
            await labelled.have_ids(ids(comments))
            assert await labeller.stop() == 0, labeller.output()
    assert await uncommitted(topics, labeller.group) == 0


async def test_told_to_stop_in_mid_stream_it_commits_what_it_published(topics: str, tmp_path: Path) -> None:
    comments = many(1500)
    await produce(topics, comments)
    with service(topics, tmp_path, seconds_per_comment=0.003, **SMALL_BATCHES) as labeller:
        async with reading(topics, names.LABELLED) as labelled:
            labeller.start()
            await labelled.have(300)
            assert await labeller.stop() == 0, labeller.output()
            await labelled.read()
            assert 300 <= len(labelled.ids()) < len(comments)
            assert await uncommitted(topics, labeller.group) == len(comments) - len(labelled.ids())
            labeller.start()
            await labelled.have_ids(ids(comments))
            assert await labeller.stop() == 0, labeller.output()
            await labelled.read()
    assert sorted(labelled.ids()) == sorted(ids(comments))  # no comment twice: nothing was replayed


async def test_a_second_member_shares_the_work_and_the_first_may_leave(topics: str, tmp_path: Path) -> None:
    comments = many(2000)
    await produce(topics, comments)
    with (
        service(topics, tmp_path, seconds_per_comment=0.003, **SMALL_BATCHES) as first,
        service(topics, tmp_path, seconds_per_comment=0.003, **SMALL_BATCHES) as second,
    ):
        second.group = first.group
        async with reading(topics, names.LABELLED) as labelled:
            first.start()
            await labelled.have(200)
            second.start()
            await second.page_says("/metrics", 'pantau_assigned_partitions{service="sentiment"} 4.0')
            assert await first.stop() == 0, first.output()
            await labelled.have_ids(ids(comments))
            await second.page_says("/metrics", 'pantau_assigned_partitions{service="sentiment"} 8.0')
            # What the first could not commit while partitions moved, their new owner reads again.
            async with asyncio.timeout(60):
                while await uncommitted(topics, first.group):  # noqa: ASYNC110 - the broker tells nobody
                    await asyncio.sleep(0.3)
            assert await second.stop() == 0, second.output()


async def test_slower_than_arrivals_the_lag_grows_and_nothing_is_lost(topics: str, tmp_path: Path) -> None:
    waves = [many(120, start) for start in range(0, 480, 120)]
    with service(topics, tmp_path, seconds_per_comment=0.05, SENTIMENT_BATCH_MAX_COMMENTS="20") as labeller:
        labeller.start()
        await labeller.ready()
        lag, queue_age = 0.0, "pantau_queue_age_seconds"
        for wave in waves:
            await produce(topics, [each.model_copy(update={"received_at": utc_now()}) for each in wave])
            lag = await told(labeller, LAG, above=lag)
        first = await told(labeller, queue_age, above=0)
        assert await told(labeller, queue_age, above=first) > first
        async with reading(topics, names.LABELLED) as labelled:
            await labelled.have(480)
        await labeller.page_says("/metrics", f'{LAG}{{partition="7",topic="social.comments"}} 0')
        assert await labeller.stop() == 0, labeller.output()
    assert sorted(labelled.ids()) == sorted(ids([each for wave in waves for each in wave]))
    assert await uncommitted(topics, labeller.group) == 0


async def told(labeller: Service, metric: str, above: float) -> float:
    """The metric's sum over its labels, once it is greater."""
    async with asyncio.timeout(60):
        while True:
            lines = (await labeller.get("/metrics")).splitlines()
            value = sum(float(line.split()[-1]) for line in lines if line.startswith(metric))
            if value > above:
                return value
            await asyncio.sleep(0.1)


@dataclass(slots=True)
class OwnBroker:
    """A broker that only this test uses, so that it may go away."""

    broker: Broker
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.broker.port}"

    async def start(self) -> None:
        with (self.broker.folder / "broker.log").open("ab") as output:
            self.process = processes.start(self.broker.command(), folder=ROOT, output=output)
        await create_missing(self.bootstrap, read_topics())

    def kill(self) -> None:
        if self.process is not None:
            processes.stop(self.process, grace_seconds=0)


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[OwnBroker]:
    port, controller_port = ports.choose_all({"broker": 0, "controller": 0}).values()
    broker = Broker(tmp_path / "kafka", port, controller_port, broker_jars())
    broker.prepare()
    each = OwnBroker(broker)
    try:
        yield each
    finally:
        each.kill()


async def test_it_survives_a_broker_that_comes_back(own_broker: OwnBroker, tmp_path: Path) -> None:
    before, after = many(1500), many(200, start=1500)
    await own_broker.start()
    await produce(own_broker.bootstrap, before)
    with service(own_broker.bootstrap, tmp_path, seconds_per_comment=0.003, **SMALL_BATCHES) as labeller:
        labeller.start()
        async with reading(own_broker.bootstrap, names.LABELLED) as labelled:
            await labelled.have(200)
        own_broker.kill()
        await labeller.page_says("/readyz", "waiting for kafka")
        await own_broker.start()
        await produce(own_broker.bootstrap, after)
        async with reading(own_broker.bootstrap, names.LABELLED) as labelled:
            await labelled.have_ids(ids(before + after))
        await labeller.ready()
        assert await labeller.stop() == 0, labeller.output()
    assert await uncommitted(own_broker.bootstrap, labeller.group) == 0


async def test_it_gives_up_on_a_broker_that_stays_away(own_broker: OwnBroker, tmp_path: Path) -> None:
    await own_broker.start()
    await produce(own_broker.bootstrap, many(600))
    with service(
        own_broker.bootstrap, tmp_path, seconds_per_comment=0.01, SENTIMENT_RETRY_SECONDS="3"
    ) as labeller:
        labeller.start()
        async with reading(own_broker.bootstrap, names.LABELLED) as labelled:
            await labelled.have(1)
        own_broker.kill()
        assert await labeller.exit_status() == 70, labeller.output()


async def test_it_waits_for_a_broker_that_is_not_there_yet(own_broker: OwnBroker, tmp_path: Path) -> None:
    with service(own_broker.bootstrap, tmp_path) as labeller:
        labeller.start()
        await labeller.page_says("/readyz", "waiting for kafka")
        assert await labeller.get("/healthz") == "ok\n"
        await own_broker.start()
        await labeller.ready()
        assert await labeller.stop() == 0, labeller.output()


async def test_it_stops_while_it_waits_for_a_broker(tmp_path: Path) -> None:
    with service(f"127.0.0.1:{ports.choose(0)}", tmp_path) as labeller:
        labeller.start()
        await labeller.page_says("/readyz", "waiting for kafka, kafka (connect)")
        assert await labeller.stop() == 0, labeller.output()


async def test_it_ends_when_no_broker_comes(tmp_path: Path) -> None:
    with service(f"127.0.0.1:{ports.choose(0)}", tmp_path, SENTIMENT_RETRY_SECONDS="1") as labeller:
        labeller.start()
        assert await labeller.exit_status() == 70, labeller.output()


async def test_the_watchdog_ends_a_model_that_hangs(topics: str, tmp_path: Path) -> None:
    await produce(topics, many(3))
    with service(topics, tmp_path, seconds_per_comment=1000, SENTIMENT_STALL_SECONDS="2") as labeller:
        labeller.start()
        assert await labeller.exit_status() == 70, labeller.output()
        assert "no progress while messages wait" in labeller.output()
        labeller.seconds_per_comment = 0
        labeller.start()
        async with reading(topics, names.LABELLED) as labelled:
            await labelled.have_ids({"c0", "c1", "c2"})


async def test_a_wrong_setting_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with service("127.0.0.1:1", tmp_path, SENTIMENT_BATCH_SIZE="3") as labeller:
        labeller.start()
        assert await labeller.exit_status() == 78
        assert "SENTIMENT_BATCH_SIZE: no such setting" in labeller.output()


async def test_a_model_that_cannot_be_used_is_refused_with_what_to_do(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    with service(
        "127.0.0.1:1", tmp_path, module=REAL, SENTIMENT_MODEL=nowhere, HF_HUB_OFFLINE="1"
    ) as labeller:
        labeller.start()
        assert await labeller.exit_status() == 78
        assert "Configuration refused, nothing was started:\n  SENTIMENT_MODEL: " in labeller.output()
        assert "unset SENTIMENT_MODEL to run the model that ships" in labeller.output()
        assert "Traceback" not in labeller.output()
