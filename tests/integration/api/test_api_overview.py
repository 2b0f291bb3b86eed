from datetime import timedelta

from tests.support import api as support
from tests.support.api import HOUR, MINUTE, NOW, running_api, store


async def test_pulse_has_every_minute_and_only_active_accounts(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account("dinkes"), support.account("lama", active=False)])
    await store(
        url,
        "post_buckets",
        [
            support.minute_bucket("dinkes", NOW, positive=2, negative=1),
            support.minute_bucket("dinkes", NOW, "p2", positive=1),
            support.minute_bucket("dinkes", NOW - 59 * MINUTE, neutral=4),
            support.minute_bucket("dinkes", NOW - 60 * MINUTE, neutral=9),
            support.minute_bucket("lama", NOW, positive=100),
        ],
    )
    async with running_api(url) as api:
        hour = await api.get("/v1/pulse")
        three = await api.get("/v1/pulse", minutes=3)
    assert hour["at"].startswith("2026-11-21T12:00:3")
    assert len(hour["minutes"]) == 60
    assert hour["minutes"][0] == {
        "minute": "2026-11-21T11:01:00Z",
        "positive": 0,
        "neutral": 4,
        "negative": 0,
    }
    assert [(m["minute"], m["positive"], m["negative"]) for m in three["minutes"]] == [
        ("2026-11-21T11:58:00Z", 0, 0),
        ("2026-11-21T11:59:00Z", 0, 0),
        ("2026-11-21T12:00:00Z", 3, 1),
    ]
    assert hour["replies"] == {"answered": 0, "median_seconds": None}


async def test_rewritten_bucket_counts_once(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account("dinkes")])
    bucket = support.minute_bucket("dinkes", NOW, positive=2)
    await store(url, "post_buckets", [bucket])
    await store(url, "post_buckets", [{**bucket, "positive": 5, "version": 2}])
    async with running_api(url) as api:
        pulse = await api.get("/v1/pulse", minutes=1)
    assert [m["positive"] for m in pulse["minutes"]] == [5]


async def test_rising_negatives_against_the_day_before(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account(a) for a in ("dinkes", "dinsos", "bappeda")])
    # Two negatives of ten comments in each hour of the day before, for all three.
    usual = [
        support.minute_bucket(name, NOW - (n + 1) * HOUR - 5 * MINUTE, positive=8, negative=2)
        for name in ("dinkes", "dinsos", "bappeda")
        for n in range(23)
    ]
    recent = [
        support.minute_bucket("dinkes", NOW - 30 * MINUTE, positive=10, negative=20),
        support.minute_bucket("dinsos", NOW - 30 * MINUTE, positive=80, negative=20),  # busy, not worse
        support.minute_bucket("bappeda", NOW - 30 * MINUTE, negative=9),  # too few
    ]
    await store(url, "post_buckets", [*usual, *recent])
    async with running_api(url) as api:
        pulse = await api.get("/v1/pulse", minutes=5)
    [entry] = pulse["rising_negatives"]
    times = entry.pop("times_usual")
    assert entry == {
        "account_id": "dinkes",
        "short_name": "Dinkes",
        "negative_share": 0.6667,
        "negatives": 20,
        "comments": 30,
    }
    assert 9.5 < times < 10.1  # 46 negatives in the hours observed, about 22 of them


async def test_speed_of_replies_is_the_median_over_answered_comments(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account("dinkes")])
    waits = [("p1", 1, 60), ("p2", 1, 100), ("p3", 3, 900), ("p4", 0, 0)]
    await store(
        url,
        "post_buckets",
        [
            support.minute_bucket("dinkes", NOW - MINUTE, post, replies=count, reply_seconds=seconds)
            for post, count, seconds in waits
        ],
    )
    async with running_api(url) as api:
        pulse = await api.get("/v1/pulse")
    assert pulse["replies"] == {"answered": 5, "median_seconds": 300.0}


async def test_pulse_refuses_what_it_cannot_give(clickhouse_database_url: str) -> None:
    async with running_api(clickhouse_database_url, wait_for=None) as api:
        for minutes in ("0", "1441", "-5", "x", "1e3"):
            answer = await api.client.get("/v1/pulse", params={"minutes": minutes})
            assert answer.status_code == 422


async def test_status_without_any_data(clickhouse_database_url: str) -> None:
    async with running_api(clickhouse_database_url) as api:
        body = await api.get("/v1/status")
    now = body.pop("now")
    assert now.startswith("2026-11-21T12:00:3")
    assert body == {
        "newest_event_at": None,
        "newest_received_at": None,
        "clocks_ahead": [],
        "newest_score_at": None,
        "behind": [],
        "behind_since": None,
        "simulated": False,
        "accounts": 0,
        "accounts_with_data": 0,
        "build": "none",
        "stale_since": None,
    }


async def test_status_with_data(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    names = ("dinkes", "dinsos")
    await store(
        url, "accounts", [*(support.account(a) for a in names), support.account("lama", active=False)]
    )
    arrived = [support.observation("dinkes", NOW - MINUTE, simulated=True), support.observation("lama", NOW)]
    await store(url, "observed", arrived)
    await store(url, "score_ticks", [support.tick(NOW - 2 * MINUTE)])
    await store(url, "score_ticks", [support.tick(NOW - MINUTE, NOW - timedelta(seconds=59))])
    async with running_api(url) as api:
        body = await api.get("/v1/status")
    assert {name: body[name] for name in ("newest_event_at", "newest_received_at", "newest_score_at")} == {
        "newest_event_at": "2026-11-21T11:59:30Z",
        "newest_received_at": "2026-11-21T11:59:31Z",  # of an account that is active
        "newest_score_at": "2026-11-21T11:59:32Z",
    }
    assert (body["accounts"], body["accounts_with_data"], body["simulated"]) == (2, 1, True)
