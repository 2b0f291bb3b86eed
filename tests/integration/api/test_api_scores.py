from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pantau.runtime.clickhouse import connect
from pantau.score.bucket_sums import month_ranking, sliding_rankings
from pantau.score.rules import Metric
from pantau.score.windows import Window
from tests.support import api as support
from tests.support.api import HOUR, MINUTE, NOW, RULES, running_api, store

FULL_HOUR = NOW.replace(minute=0, second=0)


async def test_live_board_lists_every_active_account_ranked_ones_first(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    accounts = [support.account(a) for a in ("dinkes", "bappeda", "dinsos", "rsud")]
    await store(url, "accounts", [*accounts, support.account("lama", active=False)])
    scores = [
        support.score("dinkes", 40.0, 2),
        support.score("bappeda", 90.0, 1, simulated=True, computed_at=NOW - timedelta(seconds=40)),
        support.score("dinsos", 10.0, None),
        support.score("lama", 99.0, 1),
    ]
    await store(url, "scores", scores)
    await store(url, "score_ticks", [support.tick(NOW - timedelta(seconds=1))])
    async with running_api(url) as api:
        board = await api.get("/v1/scores", window="24h")
    assert [(s["account_id"], s["rank"], s["score"]) for s in board["scores"]] == [
        ("bappeda", 1, 90.0),
        ("dinkes", 2, 40.0),
        ("dinsos", None, 10.0),
        ("rsud", None, None),
    ]
    assert board["scores"][0]["name"] == "Dinas bappeda"
    assert board["scores"][0]["parts"]["views"] == {
        "raw": 10,
        "normalised": 0.5,
        "weight": 0.25,
        "points": 22.5,
    }
    assert board["scores"][0]["sentiment"] == {"positive": 5, "neutral": 3, "negative": 2}
    assert board["scores"][3]["parts"]["likes"] == {
        "raw": None,
        "normalised": None,
        "weight": 0.3,
        "points": None,
    }
    head = {name: value for name, value in board.items() if name != "scores"}
    assert head == {
        "window": "24h",
        "month": None,
        "at": "2026-11-21T12:00:30Z",
        "from": "2026-11-20T12:01:00Z",
        "until": "2026-11-21T12:01:00Z",
        "status": "live",
        "revision": None,
        "sha256": None,
        "rules_version": "2026-2",
        "normaliser": "log_winsor",
        "newest_event_at": None,  # nothing has arrived
        "newest_received_at": None,
        "simulated": True,
        "stale_since": None,
    }


async def test_no_window_means_a_day(clickhouse_database_url: str) -> None:
    async with running_api(clickhouse_database_url) as api:
        board = await api.get("/v1/scores")
    assert (board["window"], board["scores"], board["newest_event_at"]) == ("24h", [], None)


def busy_hours(account_id: str, hours: int, likes: int) -> list[support.Row]:
    """From `hours` before the full hour on."""
    first = FULL_HOUR - hours * HOUR
    figures = dict.fromkeys(("likes", "views", "comments", "comments_observed"), likes)
    figures |= {"likes_readings": 1, "views_readings": 1, "posts": 1}
    return [support.hour_bucket(account_id, first + n * HOUR, **figures) for n in range(hours)]


async def test_rank_before_is_the_rank_one_hour_ago(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account("dinkes"), support.account("bappeda")])
    await store(url, "hour_buckets", [*busy_hours("dinkes", 5, 50), *busy_hours("bappeda", 5, 10)])
    await store(url, "scores", [support.score("dinkes", 40.0, 2), support.score("bappeda", 90.0, 1)])
    await store(url, "score_ticks", [support.tick(NOW)])
    async with running_api(url) as api:
        board = await api.get("/v1/scores")
        past = await api.get("/v1/scores", at=(NOW - HOUR).isoformat())
    assert [(s["account_id"], s["rank"], s["rank_before"]) for s in board["scores"]] == [
        ("bappeda", 1, 2),
        ("dinkes", 2, 1),
    ]
    assert [(s["account_id"], s["rank"], s["rank_before"]) for s in past["scores"]] == [
        ("dinkes", 1, None),
        ("bappeda", 2, None),
    ]


async def test_past_board_is_what_the_rules_say_of_the_buckets(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account("dinkes"), support.account("bappeda")])
    await store(url, "hour_buckets", [*busy_hours("dinkes", 50, 3), *busy_hours("bappeda", 30, 11)])
    await store(url, "observed", [support.observation("dinkes", NOW - 2 * MINUTE)])
    at = NOW - 24 * HOUR
    async with running_api(url) as api:
        board = await api.get("/v1/scores", window="7d", at=at.astimezone(UTC).isoformat())
    client = await connect(url)
    expected = (await sliding_rankings(client, (Window.WEEK,), at, RULES))[Window.WEEK].scores
    await client.close()
    assert (board["status"], board["at"], board["until"]) == (
        "past",
        "2026-11-20T12:00:31Z",
        "2026-11-20T12:01:00Z",
    )
    assert (board["newest_event_at"], board["newest_received_at"]) == (
        "2026-11-21T11:58:30Z",
        "2026-11-21T11:58:31Z",
    )
    assert [(s["account_id"], s["rank"], s["score"]) for s in board["scores"]] == [
        (s.account_id, s.rank, s.score) for s in expected
    ]
    assert board["scores"][0]["parts"]["likes"]["raw"] == expected[0].parts[Metric.LIKES].raw


def month_row(account_id: str, month: datetime, likes: int) -> support.Row:
    bucket = dict(support.minute_bucket(account_id, month, likes=likes, likes_readings=1, posts=1))
    del bucket["minute"]
    return {"month": month.date(), **bucket}


async def test_month_without_stored_scores_is_computed(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    july = datetime(2021, 7, 1, tzinfo=UTC)
    await store(url, "accounts", [support.account("dinkes"), support.account("bappeda")])
    await store(url, "month_buckets", [month_row("dinkes", july, 5), month_row("bappeda", july, 50)])
    async with running_api(url) as api:
        board = await api.get("/v1/scores", month="2021-07")
    client = await connect(url)
    expected = (await month_ranking(client, july.date(), RULES, NOW)).scores
    await client.close()
    assert [(s["account_id"], s["score"]) for s in board["scores"]] == [
        (s.account_id, s.score) for s in expected
    ]
    assert (board["window"], board["month"], board["status"]) == (None, "2021-07", "past")
    assert (board["from"], board["until"]) == ("2021-06-30T17:00:00Z", "2021-07-31T17:00:00Z")
    assert board["at"] == "2021-08-03T17:00:00Z"
    assert [(s["rank"], s["posts_missing"]) for s in board["scores"]] == [(None, 3), (None, 3)]


async def test_stored_group_and_missing_posts_are_given(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    month = {"window": "month", "period": "2026-10", "peer_group": "rs", "posts_missing": 2}
    await store(url, "accounts", [support.account("rsud", kind="hospital")])
    await store(url, "scores", [support.score("rsud", 12.5, None, **month)])
    async with running_api(url) as api:
        [given] = (await api.get("/v1/scores", month="2026-10"))["scores"]
    assert (given["group"], given["posts_missing"], given["rank"]) == ("rs", 2, None)


async def test_stored_month_is_provisional_until_it_closes(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    month = {"window": "month", "period": "2026-11", "rules_version": "2026-0"}
    await store(url, "accounts", [support.account("dinkes")])
    await store(url, "scores", [support.score("dinkes", 12.5, 1, **month)])
    end = datetime(2026, 11, 30, 17, tzinfo=UTC)
    seen = []
    for now in (NOW, end + 71 * HOUR, end + 72 * HOUR + MINUTE):
        async with running_api(url, clock=support.clock_from(now)) as api:
            board = await api.get("/v1/scores", month="2026-11")
            seen.append((board["status"], board["scores"][0]["score"], board["rules_version"]))
    assert seen == [
        ("provisional", 12.5, "2026-0"),
        ("provisional", 12.5, "2026-0"),
        ("past", 12.5, "2026-0"),
    ]


async def test_newer_row_replaces_an_older_one(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account("dinkes")])
    await store(url, "scores", [support.score("dinkes", 10.0, 1)])
    await store(url, "scores", [support.score("dinkes", 20.0, 1, version=2)])
    async with running_api(url) as api:
        board = await api.get("/v1/scores")
    assert [s["score"] for s in board["scores"]] == [20.0]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"window": "2h"}, "window"),
    ({"at": "2026-11-21T12:00:00"}, "offset"),
    ({"at": "1700000000"}, "offset"),
    ({"at": "2026-11-21"}, "offset"),
    ({"at": "2026-11-21T12:01:32Z"}, "future"),
    ({"at": "1999-12-31T23:59:59Z"}, "outside"),
    ({"month": "2026-12"}, "month"),
    ({"month": "1999-12"}, "month"),
    ({"month": "2026-13"}, "month"),
    ({"month": "2026-7"}, "month"),
    ({"month": "2021-07", "at": "2021-07-05T00:00:00Z"}, "stands alone"),
    ({"month": "2021-07", "window": "24h"}, "stands alone"),
    ({"mounth": "2021-07"}, "mounth"),
]


async def test_what_cannot_be_answered_is_refused_with_a_reason(clickhouse_database_url: str) -> None:
    async with running_api(clickhouse_database_url, wait_for=None) as api:
        for parameters, word in REFUSED:
            answer = await api.client.get("/v1/scores", params=parameters)
            assert answer.status_code == 422, parameters
            assert answer.headers["content-type"] == "application/problem+json"
            assert word in answer.json()["detail"]


@pytest.mark.parametrize("at", ["2026-11-21T19:01:30+07:00", "2026-11-21T12:00:31.123456z"])
async def test_instants_with_an_offset_and_up_to_a_minute_ahead_are_taken(
    clickhouse_database_url: str, at: str
) -> None:
    async with running_api(clickhouse_database_url) as api:
        board = await api.get("/v1/scores", at=at)
    assert board["status"] == "past"
