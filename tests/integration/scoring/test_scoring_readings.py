"""What a series of readings is worth, on the real engine: each rule of docs/skor.md, then real readings."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from pantau.contracts.events import AccountRegistered, MetricsObserved, PostObserved
from pantau.contracts.fields import Platform, PostKind
from pantau.runtime.clickhouse import connect
from pantau.score.bucket_sums import month_ranking, sliding_rankings
from pantau.score.rules import Normaliser
from pantau.score.windows import SLIDING, month_of
from services.connectors.files.files import opened
from services.connectors.files.habits import Defaults
from services.connectors.files.rows import RowReader
from services.scoring.buckets.flush import Flush
from tests.support.oracle import Oracle
from tests.support.scoring_oracle import RULES, comparable

METRICS = ("views", "likes", "comments")
START = datetime(2026, 11, 2, 1, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
Reading = tuple[Any, ...]  # seconds since START, total, then definition_version where it is not "1"
GAP = 22 * 86_400

# Of each series: the readings, and by minute since START what they are worth.
SERIES: dict[str, tuple[list[Reading], dict[int, int]]] = {
    "rising": ([(0, 40), (7200, 100)], {0: 40, 120: 60}),
    "falling": ([(0, 40), (7200, 100), (14400, 90), (21600, 95)], {0: 40, 120: 60, 240: 0, 360: 5}),
    "a wrong zero": ([(0, 5000), (3600, 0), (7200, 5010)], {0: 5000, 60: 0, 120: 5010}),
    "rounded for display": ([(0, 14_700_000), (3600, 14_700_000), (7200, 15_000_000)],
                            {0: 14_700_000, 60: 0, 120: 300_000}),
    "not given in between": ([(0, 10), (3600, None), (7200, 25)], {0: 10, 120: 15}),
    "switched off": ([(0, None), (3600, None)], {}),
    "given late": ([(0, None), (3600, 30), (7200, 31)], {60: 30, 120: 1}),
    "weeks apart": ([(0, 100), (GAP, 400)], {0: 100, GAP // 60: 300}),
    "a second apart": ([(0, 10), (1, 13), (2, 13)], {0: 13}),
    "a second apart, falling": ([(0, 10), (1, 7), (2, 9)], {0: 12}),
    "old": ([(0, 50_000), (3600, 50_010)], {0: 0, 60: 10}),
    "of a post not known": ([(0, 500), (3600, 520)], {0: 0, 60: 20}),
    "another definition": ([(0, 100), (60, 150), (120, 900, "2"), (180, 950, "2")],
                           {0: 100, 1: 50, 2: 0, 3: 50}),
    "another definition, lower": ([(0, 100), (60, 40, "2"), (120, 60, "2")], {0: 100, 1: 0, 2: 20}),
    "another definition and back": ([(0, 100), (60, 900, "2"), (120, 110)], {0: 100, 1: 0, 2: 0}),
    "another definition, not given": ([(0, 100), (60, None, "2"), (120, 300, "2")], {0: 100, 2: 0}),
    "not given under another one": ([(0, 100), (60, None, "2"), (120, 130)], {0: 100, 2: 30}),
    "new under the second one": ([(0, 70, "2"), (60, 75, "2")], {0: 70, 1: 5}),
}  # fmt: skip


@asynccontextmanager
async def database(url: str) -> AsyncIterator[Any]:
    client = await connect(url)
    try:
        yield client
    finally:
        await client.close()


def account(account_id: str, onboarded_at: datetime) -> AccountRegistered:
    return AccountRegistered(
        account_id=account_id,
        name=account_id[:24],
        short_name=account_id[:24],
        onboarded_at=onboarded_at,
        registered_at=onboarded_at,
    )


def seen(account_id: str, at: datetime, platform: Platform = Platform.TIKTOK) -> dict[str, Any]:
    return {"account_id": account_id, "platform": platform, "observed_at": at, "received_at": at}


def published(name: str) -> list[PostObserved]:
    """An old post is older than the account's onboarding; one is not known at all."""
    at = START - 90 * DAY if name == "old" else START - MINUTE
    known = [PostObserved(**seen("dinkes", at), post_id=name, published_at=at)]
    return [] if name == "of a post not known" else known


def readings(name: str, metric: str) -> list[MetricsObserved]:
    return [
        MetricsObserved(
            **seen("dinkes", START + timedelta(seconds=seconds)),
            post_id=name,
            definition_version=definition[0] if definition else "1",
            **{metric: total},
        )
        for seconds, total, *definition in SERIES[name][0]
    ]


async def write_in_disorder(client: Any, events: Sequence[Any], seed: int) -> None:
    """Shuffled, a third of it twice, in five batches."""
    dice = random.Random(seed)
    sent = [*events, *dice.sample(events, k=len(events) // 3)]
    dice.shuffle(sent)
    flush = Flush(client, RULES)
    for part in range(5):
        await flush.write(sent[part::5])


async def worth(client: Any) -> dict[tuple[str, str, str, datetime], tuple[int, ...]]:
    """By account, platform, post and minute: gains of the metrics, then how many readings gave each."""
    columns = "views, likes, comments_reported, views_readings, likes_readings, comments_readings"
    found = await client.query(
        f"SELECT account_id, platform, post_id, minute, {columns} FROM post_buckets FINAL"
    )
    held = {tuple(row[:4]): tuple(row[4:]) for row in found.result_rows}
    return {key: figures for key, figures in held.items() if any(figures)}


def worth_to_the_oracle(oracle: Oracle) -> dict[tuple[str, str, str, datetime], tuple[int, ...]]:
    gains: dict[Any, Counter[str]] = {}
    for one in oracle.happenings:
        minute = one.at.replace(second=0, microsecond=0)
        figures = gains.setdefault((one.account_id, one.platform, one.post_id, minute), Counter())
        figures.update(one.adds)
        figures[one.gives or ""] += 1
    names = ["views", "likes", "comments_reported", *(f"{metric} readings" for metric in METRICS)]
    told = {key: tuple(figures[name] for name in names) for key, figures in gains.items()}
    return {key: figures for key, figures in told.items() if any(figures)}


@pytest.mark.parametrize("metric", METRICS)
async def test_each_rule_of_readings(metric: str, clickhouse_database_url: str) -> None:
    events: list[Any] = [account("dinkes", START - DAY)]
    for name in SERIES:
        events += [*published(name), *readings(name, metric)]
    expected = {
        (name, START + minute * MINUTE): gain
        for name, (_, gains) in SERIES.items()
        for minute, gain in gains.items()
    }
    async with database(clickhouse_database_url) as client:
        await write_in_disorder(client, events, seed=7)
        held = await worth(client)
        place = METRICS.index(metric)
        given = {(key[2], key[3]): figures[place] for key, figures in held.items() if figures[place + 3]}
        assert given == expected
        assert held == worth_to_the_oracle(Oracle(events, RULES.model_dump(mode="json")))


async def test_a_late_reading_moves_the_gains_after_it(clickhouse_database_url: str) -> None:
    """It comes last and belongs in between: what was counted after it is counted anew."""
    first, between, last = (
        MetricsObserved(**seen("dinkes", START + n * MINUTE), post_id="p", likes=likes)
        for n, likes in enumerate((10, 90, 50))
    )
    post = PostObserved(**seen("dinkes", START), post_id="p", published_at=START)
    async with database(clickhouse_database_url) as client:
        flush = Flush(client, RULES)
        await flush.write([account("dinkes", START - DAY), post, first, last])
        assert [figures[1] for _, figures in sorted((await worth(client)).items())] == [10, 40]
        await flush.write([between])
        assert [figures[1] for _, figures in sorted((await worth(client)).items())] == [10, 80, 0]


# ---- readings that others made, of ../shared/data, where they are there ----

ENGAGEMENT = Path("../shared/data/engagement")
OWN = "own sample"
# Worked out by hand from the file: what each post gained after its first reading.
BY_HAND: dict[str, dict[tuple[str, str], int]] = {
    OWN: {("p1", "likes"): 65, ("p1", "comments"): 9, ("p2", "views"): 3_000, ("p2", "likes"): 0},
    "tiktok_vn_repeated_2025-05.csv.gz": {
        ("7471247208604618002", "views"): 300_000,  # 14.7M, 14.7M, 22 days later 15M
        ("7471247208604618002", "likes"): 4_900,  # 260.2K, 260.6K, 265.1K
        ("7499328608528256274", "views"): 34_600_000,  # 33M ... 33.3M, a wrong 0, 33.6M, 34M, 34.3M
        ("7501339418821774610", "likes"): 200_000,  # 2.9M, 3.1M; 86.3K in between is of another account
        ("7501339418821774610", "comments"): 1_100,  # 13.9K, 15K
    },
    "youtube_daily_1yr_th.csv.gz": {
        ("8X_MOxAv7ps", "likes"): 10_353,  # 13186 to 23505, and 34 that were taken back came again
        ("8X_MOxAv7ps", "comments"): 395,
        ("rnJw3gfTMAE", "comments"): 343,
    },
    "youtube_trending_id_2020-07_daily.csv.gz": {
        ("UR_2pxUhP9Q", "views"): 637_968,
        ("UR_2pxUhP9Q", "likes"): 0,  # ratings are switched off: never given
        ("7zhw8h6bXgw", "comments"): 0,  # comments are
        ("7zhw8h6bXgw", "likes"): 2_336,
        ("7CV25uBj2bw", "comments"): 0,  # 23782, 23780, 23772, 23771
        ("i3Uai46WLjc", "comments"): 63,  # 4656 to 4706 and 4692, then to 4705
    },
    "instagram_fst_unja_posts.csv.gz": {("3706084487405513439", "likes"): 0},  # read once
}
NEVER_GIVEN = {("UR_2pxUhP9Q", "likes"), ("7zhw8h6bXgw", "comments"), ("p2", "likes")}
SAMPLE = """\
platform,account_id,account_name,post_id,published_at,observed_at,views,likes,comments,ratings_disabled
youtube,a,A,p1,2026-11-01T00:00:00Z,2026-11-01T01:00:00Z,,40,3,False
youtube,a,A,p1,2026-11-01T00:00:00Z,2026-11-01T03:00:00Z,,100,9,False
youtube,a,A,p1,2026-11-01T00:00:00Z,2026-11-01T05:00:00Z,,90,,False
youtube,a,A,p1,2026-11-01T00:00:00Z,2026-11-01T05:00:01Z,,95,12,False
youtube,b,B,p2,2026-10-01T00:00:00Z,2026-11-01T01:00:00Z,31000,0,3,True
youtube,b,B,p2,2026-10-01T00:00:00Z,2026-11-20T01:00:00Z,34000,0,3,True
"""
FILES = [Path(OWN), *sorted(ENGAGEMENT.glob("*.csv.gz"))]


def real_events(path: Path) -> list[Any]:
    """Posts and readings of the file, its accounts gathered into twenty, all younger than every post."""
    events: list[Any] = []
    reader = RowReader(Defaults(zone=UTC))
    for row in opened(path):
        post, reading = reader.mapped(row).events
        gathered = {"account_id": f"akun-{crc32(post['account_id'].encode()) % 20}"}
        common = {"platform": Platform(post["platform"]), "received_at": reading["observed_at"], **gathered}
        post |= {"kind": PostKind(post["kind"])} | common
        events += [PostObserved(**post), MetricsObserved(**(reading | common))]
    latest = max(e.published_at for e in events if isinstance(e, PostObserved))
    return [account(name, latest + MINUTE) for name in {e.account_id for e in events}] + events


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
async def test_real_readings(path: Path, clickhouse_database_url: str, tmp_path: Path) -> None:
    name = path.name
    if name == OWN:
        path = tmp_path / "sample.csv"
        path.write_text(SAMPLE)
    events = real_events(path)
    async with database(clickhouse_database_url) as client:
        await write_in_disorder(client, events, seed=len(events))
        held = await worth(client)
        assert held == worth_to_the_oracle(Oracle(events, RULES.model_dump(mode="json")))
        for (post, metric), gain in BY_HAND[name].items():
            place = METRICS.index(metric)
            of_post = [figures for key, figures in held.items() if key[2] == post]
            assert sum(figures[place] for figures in of_post) == gain, (post, metric)
            given = sum(figures[place + 3] for figures in of_post)
            assert (given == 0) == ((post, metric) in NEVER_GIVEN), (post, metric)
        await assert_scores_equal_the_oracles(client, events)


async def assert_scores_equal_the_oracles(client: Any, events: Sequence[Any]) -> None:
    observed = sorted(e.observed_at for e in events if isinstance(e, MetricsObserved))
    months = {month_of(e.published_at) for e in events if isinstance(e, PostObserved)}
    for normaliser in (Normaliser.LOG_WINSOR, Normaliser.PERCENTILE):
        rules = RULES.model_copy(update={"normaliser": normaliser})
        oracle = Oracle(events, rules.model_dump(mode="json"))
        for at in (observed[len(observed) // 2], observed[-1]):
            for window, ranking in (await sliding_rankings(client, tuple(SLIDING), at, rules)).items():
                assert comparable(ranking.scores) == oracle.sliding(window.value, at), (window, at)
        for month in sorted(months)[-3:]:
            ranking = await month_ranking(client, month, rules, observed[-1])
            assert comparable(ranking.scores) == oracle.month(f"{month:%Y-%m}", observed[-1]), month
