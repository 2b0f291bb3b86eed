from datetime import timedelta

from pantau.runtime.clickhouse import connect
from pantau.score.bucket_sums import sliding_rankings
from pantau.score.windows import Window
from services.api.accounts.service import TREND_HOURS
from tests.support import api as support
from tests.support.api import HOUR, NOW, RULES, running_api, store

FULL_HOUR = NOW.replace(minute=0, second=0)


async def test_accounts_say_what_is_known_of_each(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account("dinkes"), support.account("lama", active=False)])
    await store(
        url,
        "observed",
        [
            support.observation("dinkes", FULL_HOUR - 2 * HOUR, platform="x", simulated=True),
            support.observation("dinkes", FULL_HOUR - HOUR),
        ],
    )
    async with running_api(url) as api:
        body = await api.get("/v1/accounts")
    common = {"kind": "opd", "onboarded_at": "2025-10-17T12:00:31Z"}
    assert body["accounts"] == [
        {
            **common,
            "account_id": "dinkes",
            "name": "Dinas dinkes",
            "short_name": "Dinkes",
            "active": True,
            "simulated": True,
            "platforms": ["instagram", "x"],
            "newest_event_at": "2026-11-21T10:59:59Z",
            "newest_received_at": "2026-11-21T11:00:00Z",
        },
        {
            **common,
            "account_id": "lama",
            "name": "Dinas lama",
            "short_name": "Lama",
            "active": False,
            "simulated": False,
            "platforms": [],
            "newest_event_at": None,
            "newest_received_at": None,
        },
    ]


async def test_detail_holds_every_window_followers_and_the_last_day(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account("dinkes"), support.account("bappeda")])
    windows = [
        support.score("dinkes", 10.0 + n, 1, window=window, period=period)
        for n, (window, period) in enumerate(
            [("1h", ""), ("24h", ""), ("7d", ""), ("30d", ""), ("month", "2026-11")]
        )
    ]
    await store(url, "scores", windows)
    await store(url, "score_ticks", [support.tick(NOW)])
    await store(
        url,
        "hour_buckets",
        [
            support.hour_bucket(name, FULL_HOUR - n * HOUR, likes=n * factor, likes_readings=1, posts=n % 3)
            for name, factor in (("dinkes", 2), ("bappeda", 3))
            for n in range(1, 60)
        ],
    )
    readings = [("instagram", 100, 5), ("instagram", 90, 2), ("x", 7, 9)]
    await store(
        url,
        "follower_readings",
        [
            {
                "account_id": "dinkes",
                "platform": platform,
                "observed_at": NOW - hours * HOUR,
                "followers": count,
                "simulated": False,
                "received_at": NOW,
                "version": 1,
            }
            for platform, count, hours in readings
        ],
    )
    async with running_api(url) as api:
        body = await api.get("/v1/accounts/dinkes")
    assert {window: s["score"] for window, s in body["scores"].items()} == {
        "1h": 10.0,
        "24h": 11.0,
        "7d": 12.0,
        "30d": 13.0,
        "month": 14.0,
    }
    assert body["followers"] == [
        {"platform": "instagram", "followers": 90, "observed_at": "2026-11-21T10:00:31Z"},
        {"platform": "x", "followers": 7, "observed_at": "2026-11-21T03:00:31Z"},
    ]
    assert body["name"] == "Dinas dinkes"
    await check_trend(url, body["trend"])


async def check_trend(url: str, trend: list[dict[str, object]]) -> None:
    assert len(trend) == TREND_HOURS + 1
    assert trend[0]["at"] == "2026-11-20T13:00:00Z"
    assert trend[-2]["at"] == "2026-11-21T12:00:00Z"
    assert trend[-1] == {"at": "2026-11-21T12:00:31Z", "score": 11.0}
    client = await connect(url)
    at = FULL_HOUR - 5 * HOUR - timedelta(microseconds=1)
    expected = (await sliding_rankings(client, (Window.DAY,), at, RULES))[Window.DAY].scores
    await client.close()
    assert trend[-7]["score"] == next(s.score for s in expected if s.account_id == "dinkes")


async def test_inactive_account_has_no_scores(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account("lama", active=False)])
    async with running_api(url) as api:
        body = await api.get("/v1/accounts/lama")
    assert set(body["scores"].values()) == {None}
    assert {point["score"] for point in body["trend"]} == {None}


async def test_unknown_account_is_not_there(clickhouse_database_url: str) -> None:
    async with running_api(clickhouse_database_url) as api:
        for account_id in ("dinkes", "a/b", "%00", "'; DROP TABLE accounts"):
            answer = await api.client.get(f"/v1/accounts/{account_id}")
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_account_id_may_hold_any_printable_character(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    odd = "dinas/kesehatan?'\\ü{x:String}%20"
    await store(url, "accounts", [support.account(odd) | {"short_name": "odd"}])
    await store(url, "comments", [support.comment("c1", NOW, account_id=odd)])
    async with running_api(url) as api:
        answer = await api.client.get("/v1/accounts/dinas%2Fkesehatan%3F'%5C%C3%BC%7Bx:String%7D%2520")
        comments = await api.get("/v1/comments", account=odd)
    assert answer.json()["account_id"] == odd
    assert [c["account_id"] for c in comments["comments"]] == [odd]
