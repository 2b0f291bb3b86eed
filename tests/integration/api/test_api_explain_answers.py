"""What /v1/accounts/{id}/explain and /metrics answer, of a week that has one of everything."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pantau.analytics.explain.explanation import MOST_POSTS
from pantau.contracts.events import (
    AccountRegistered,
    Event,
    FollowersObserved,
    LabelledComment,
    MetricsObserved,
    PostObserved,
)
from pantau.contracts.fields import Label, Platform
from pantau.runtime.clickhouse import connect
from services.scoring.buckets.flush import Flush
from tests.support.api import NOW, RULES, Api, clock_from, running_api
from tests.support.close import MATURE, SPAN, closed, connected, october, write
from tests.support.close import comment as closing_comment
from tests.support.explanations import assert_adds_up

MONDAY = datetime(2026, 11, 16, 1, tzinfo=UTC)  # 08.00 in Jakarta
HOUR = timedelta(hours=1)
AT = "2026-11-21T12:00:31Z"


def seen(at: datetime, account: str = "dinkes") -> dict[str, Any]:
    return {"account_id": account, "platform": Platform.INSTAGRAM, "observed_at": at, "received_at": at}


def registered(account: str) -> AccountRegistered:
    return AccountRegistered(
        account_id=account,
        name=f"Dinas {account}",
        short_name=account[:24],
        onboarded_at=MONDAY - timedelta(days=30),
        registered_at=MONDAY - timedelta(days=30),
    )


def post(name: str, at: datetime = MONDAY, account: str = "dinkes", **more: Any) -> PostObserved:
    told = {"text": f"Unggahan {name}", "permalink": f"https://example.org/{name}"}
    return PostObserved(**seen(at, account), post_id=name, published_at=at, **(told | more))


def comment(name: str, post_id: str | None, author: str, hours: float = 1, **more: Any) -> LabelledComment:
    at = MONDAY + hours * HOUR
    said: dict[str, Any] = {
        "comment_id": name,
        "post_id": post_id,
        "author": author * 64,
        "text": f"halo {name}",
    }
    label = {"label": Label.NEUTRAL, "model_version": "x", "labelled_at": at}
    return LabelledComment(**(seen(at) | {"created_at": at} | said | label | more))


def reading(post_id: str, hours: float, **counts: Any) -> MetricsObserved:
    return MetricsObserved(**seen(MONDAY + hours * HOUR), post_id=post_id, **counts)


def a_week() -> list[Event]:
    """Seven posts on Monday of which five count, one deleted, one a giveaway; a comment of every kind."""
    posts = [post(f"p{n}", MONDAY + n * HOUR) for n in range(7)]
    posts += [post("hapus", deleted=True), post("hadiah", MONDAY + 24 * HOUR, giveaway=True)]
    posts += [post("lama", MONDAY - timedelta(days=60))]
    comments = [
        *(comment(f"a{n}", "p0", "a", 1 + n / 10) for n in range(5)),  # two above the cap
        comment("b0", "p0", "b", 2, text="Kapan buka?", label=Label.NEGATIVE),
        comment("b1", "p0", "b", 2, deleted=True),
        comment("b2", "p0", "e", 2, parent_id="b0"),  # answers another comment
        comment("b3", "p0", "9", 2, parent_id="p0"),  # answers the post, as X has it
        comment("r0", "p0", "f", 3, by_account=True, parent_id="b0", text="Senin"),
        comment("r1", "p0", "f", 4, by_account=True, parent_id="a0", text="Ya"),
        comment("g0", "hadiah", "c", 30),
        *(comment(f"s{n}", "p1", str(n), 5, text="saya ikut mendukung program ini") for n in range(6)),
        comment("tanpa", None, "d", 6, label=Label.POSITIVE),
    ]
    readings = [
        *(reading("p0", h, likes=n, views=10 * n) for h, n in ((1, 40), (2, 100), (3, 90), (4, 95))),
        reading("lama", 5, likes=5000, views=None),
        reading("lama", 6, likes=5010),
        reading("p1", 7, likes=10, views=4, definition_version="1"),
        reading("p1", 8, likes=30, views=9, definition_version="2"),
    ]
    followers = [
        FollowersObserved(**seen(MONDAY + h * HOUR), followers=n) for h, n in ((1, 1000), (60, 1100))
    ]
    return [registered("dinkes"), registered("disdik"), *posts, *comments, *readings, *followers]


@asynccontextmanager
async def api_with(url: str, events: list[Any]) -> AsyncIterator[Api]:
    client = await connect(url)
    await Flush(client, RULES).write(events)
    await client.close()
    async with running_api(url) as api:
        yield api


async def test_a_week_is_explained(clickhouse_database_url: str) -> None:
    other = [post("q", account="disdik")]
    async with api_with(clickhouse_database_url, a_week() + other) as api:
        body = await api.get("/v1/accounts/dinkes/explain", window="7d", at=AT)
        live = await api.get("/v1/accounts/dinkes/explain", window="7d")
        month = await api.get("/v1/accounts/dinkes/explain", month="2026-11")
        board = await api.get("/v1/scores", window="7d", at=AT)
    assert_adds_up(body)
    assert_adds_up(month)
    listed = next(score for score in board["scores"] if score["account_id"] == "dinkes")
    for name in ("score", "rank", "parts", "completeness", "sentiment", "newest_event_at", "name"):
        assert body[name] == listed[name], name
    assert (body["from"], body["until"], body["at"]) == (board["from"], board["until"], board["at"])
    assert (body["status"], live["status"], month["status"]) == ("past", "live", "provisional")
    assert live["parts"] == body["parts"]
    assert {metric: part["raw"] for metric, part in body["parts"].items()} == {
        "views": 1050 + 4,
        "posts": 6,
        "comments": 3 + 1 + 2 + 1 + 1,
        "likes": 105 + 10 + 10,
    }
    assert body["ranked"] == 1
    assert_left_out(body["left_out"])
    assert_left_out(body["platforms"][0]["left_out"])


def assert_left_out(left_out: dict[str, Any]) -> None:
    readings = left_out.pop("readings")
    assert left_out == {
        "posts_deleted": 1,
        "posts_above_daily_limit": 2,
        "comments_seen": 19,
        "comments_counted": 8,
        "comments_deleted": 1,
        "comments_by_account": 2,
        "comments_on_giveaways": 1,
        "comments_above_cap": 2,
        "comments_copied_text": 5,
        "comments_one_word": 0,
    }
    nothing = {
        "fallen": {"readings": 0, "amount": 0},
        "baselines": {"readings": 0, "amount": 0},
        "redefined": 0,
    }
    assert readings == {
        "views": nothing | {"fallen": {"readings": 1, "amount": 100}, "redefined": 1},
        "likes": {
            "fallen": {"readings": 1, "amount": 10},
            "baselines": {"readings": 1, "amount": 5000},
            "redefined": 1,
        },
        "comments": nothing,
    }


async def test_posts_are_told_with_what_they_brought(clickhouse_database_url: str) -> None:
    async with api_with(clickhouse_database_url, a_week()) as api:
        body = await api.get("/v1/accounts/dinkes/explain", window="7d", at=AT)
    by_id = {entry["post_id"]: entry for entry in body["posts"]}
    assert set(by_id) == {"p0", "p1", "p2", "p3", "p4", "hadiah", "lama", None}
    first = by_id["p0"]
    assert first["raw"] == {"views": 1050, "posts": 1, "comments": 6, "likes": 105}
    assert (first["text"], first["permalink"]) == ("Unggahan p0", "https://example.org/p0")
    assert first["published_at"] == "2026-11-16T01:00:00Z"
    assert by_id["lama"]["raw"] == {"views": 0, "posts": 0, "comments": 0, "likes": 10}
    assert by_id["hadiah"]["giveaway"]
    assert (by_id[None]["origin"], by_id[None]["raw"]["comments"]) == ("without_post", 1)
    assert [entry["total"] for entry in body["posts"]] == sorted(
        (entry["total"] for entry in body["posts"]), reverse=True
    )


async def test_posts_beyond_the_list_are_one_entry(clickhouse_database_url: str) -> None:
    days = [post(f"p{n:02}", MONDAY - timedelta(days=20) + n * 7 * HOUR) for n in range(MOST_POSTS + 7)]
    likes = [reading(f"p{n:02}", 1, likes=n + 1) for n in range(MOST_POSTS + 7)]
    long = post("p56", MONDAY - timedelta(days=20) + 56 * 7 * HOUR, text="ü" * 200, permalink=None)
    async with api_with(clickhouse_database_url, [registered("dinkes"), *days[:-1], long, *likes]) as api:
        body = await api.get("/v1/accounts/dinkes/explain", window="30d", at=AT)
    assert_adds_up(body)
    assert len(body["posts"]) == MOST_POSTS + 1
    others = body["posts"][-1]
    assert (others["origin"], others["posts"], others["platform"]) == ("others", 7, None)
    assert others["raw"]["likes"] == sum(range(1, 8))
    shown = next(entry for entry in body["posts"] if entry["post_id"] == "p56")
    assert (shown["text"], shown["text_shortened"], shown["permalink"]) == ("ü" * 160, True, None)


async def test_figures_beside_the_score(clickhouse_database_url: str) -> None:
    async with api_with(clickhouse_database_url, a_week()) as api:
        body = await api.get("/v1/accounts/dinkes/metrics", window="7d", at=AT)
        month = await api.get("/v1/accounts/dinkes/metrics", month="2026-11")
    total = body["total"]
    assert total["followers"]["change_share"] == 0.1
    assert total["engagement"]["engagements"] == 125 + 8
    assert total["engagement"]["rate"] == round(133 / 1100 / 8, 6)
    assert total["cadence"]["posts"] == 8
    assert total["cadence"]["longest_gap_hours"] == round((NOW - MONDAY - 24 * HOUR) / HOUR, 2)
    replies = total["replies"]
    assert (replies["comments"], replies["answered"], replies["unanswered"]) == (15, 2, 13)
    assert (replies["median_seconds"], replies["p90_seconds"]) == (2 * 3600, 2.8 * 3600)
    assert replies["within_12h_share"] == round(2 / 15, 4)
    assert replies["oldest_open_at"] == "2026-11-16T02:06:00Z"
    assert (replies["open_questions"], replies["oldest_open_question_at"]) == (0, None)
    assert (total["comments_counted"], total["share_of_voice"]) == (8, 1.0)
    assert total["net_sentiment"] == 0.0
    assert total["interaction_quality"] == round(7 / 8, 4)
    assert [one["platform"] for one in body["platforms"]] == ["instagram"]
    assert body["platforms"][0]["cadence"] == total["cadence"]
    assert month["total"]["engagement"]["engagements"] == 115 + 8  # the old post is of another month
    assert (month["window"], month["month"], month["status"]) == (None, "2026-11", "provisional")


@pytest.mark.parametrize("what", ["explain", "metrics"])
async def test_refusals(clickhouse_database_url: str, what: str) -> None:
    async with api_with(clickhouse_database_url, [registered("dinkes")]) as api:
        answers = {
            query: (await api.client.get(f"/v1/accounts/{query}")).status_code
            for query in (
                f"dinkes/{what}",
                f"dinkes/{what}?month=2026-11",
                f"tidak-ada/{what}",
                f"dinkes/{what}?window=2h",
                f"dinkes/{what}?month=2026-13",
                f"dinkes/{what}?month=2027-01",
                f"dinkes/{what}?month=2026-11&window=24h",
                f"dinkes/{what}?at=2027-01-01T00:00:00Z",
                f"dinkes/{what}?jendela=24h",
            )
        }
        without_key = await api.client.get(f"/v1/accounts/dinkes/{what}", headers={"Authorization": ""})
    assert list(answers.values()) == [200, 200, 404, 422, 422, 422, 422, 422, 422]
    assert without_key.status_code == 401


async def test_an_account_id_may_hold_slashes(clickhouse_database_url: str) -> None:
    odd = "dinas/kesehatan?'"
    async with api_with(clickhouse_database_url, [registered(odd), post("p", account=odd)]) as api:
        explained = await api.client.get("/v1/accounts/dinas%2Fkesehatan%3F'/explain?window=7d")
        measured = await api.client.get("/v1/accounts/dinas%2Fkesehatan%3F'/metrics?window=7d")
        detail = await api.client.get("/v1/accounts/dinas%2Fkesehatan%3F'")
    assert explained.json()["account_id"] == measured.json()["account_id"] == odd
    assert detail.json()["account_id"] == odd
    assert explained.json()["parts"]["posts"]["raw"] == 1


async def test_an_account_that_is_not_active_has_no_score(clickhouse_database_url: str) -> None:
    gone = registered("dinkes").model_copy(update={"active": False})
    async with api_with(clickhouse_database_url, [gone, post("p")]) as api:
        body = await api.get("/v1/accounts/dinkes/explain", window="7d")
        figures = await api.get("/v1/accounts/dinkes/metrics", window="7d")
    assert (body["active"], body["score"], body["posts"], body["platforms"]) == (False, None, [], [])
    assert figures["total"]["cadence"]["posts"] == 1


async def test_the_page_is_served_with_the_walls_headers(clickhouse_database_url: str, tmp_path: Any) -> None:
    (tmp_path / "akun.html").write_text("<title>akun</title>", encoding="utf-8")
    async with running_api(clickhouse_database_url, dist=tmp_path) as api:
        answer = await api.client.get("/akun/dinas%2Fkesehatan", headers={"Authorization": ""})
    assert (answer.status_code, answer.text) == (200, "<title>akun</title>")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "HttpOnly" in answer.headers["set-cookie"]
    async with running_api(clickhouse_database_url, dist=tmp_path, API_WALL_PUBLIC="false") as api:
        answer = await api.client.get("/akun/dinkes", headers={"Authorization": ""})
    assert answer.status_code == 401


async def test_a_frozen_month_is_held_against_what_is_explained(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    clock = clock_from(MATURE + timedelta(days=2))
    late = [
        closing_comment("akun-0", f"late-{n}", "p0", SPAN.start + HOUR, author=f"{n:064x}") for n in range(40)
    ]
    async with connected(url) as client:
        await write(client, october())
        async with running_api(url, clock=clock) as api:
            before = await api.get("/v1/accounts/akun-0/explain", month="2026-10")
        closing = await closed(client, now=MATURE + HOUR)
        async with running_api(url, clock=clock) as api:
            frozen = await api.get("/v1/accounts/akun-0/explain", month="2026-10")
            board = await api.get("/v1/scores", month="2026-10")
        await write(client, late)
    async with running_api(url, clock=clock) as api:
        after = await api.get("/v1/accounts/akun-0/explain", month="2026-10")
    assert before["official"] is None
    listed = next(score for score in board["scores"] if score["account_id"] == "akun-0")
    told = {"revision": 1, "sha256": closing.sha256, "score": listed["score"], "rank": listed["rank"]}
    assert frozen["official"] == told | {"as_explained": True}
    assert (frozen["score"], frozen["parts"]) == (listed["score"], listed["parts"])
    assert after["official"] == told | {"as_explained": False}
    assert after["score"] != listed["score"]
    assert_adds_up(after)
