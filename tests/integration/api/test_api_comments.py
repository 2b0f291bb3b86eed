from datetime import timedelta
from itertools import chain
from typing import Any

from tests.support import api as support
from tests.support.api import NOW, Api, running_api, store

SECOND = timedelta(seconds=1)


async def pages(api: Api, **parameters: Any) -> list[list[str]]:
    found: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        body = await api.get("/v1/comments", **parameters, **cursor)
        found.append([comment["comment_id"] for comment in body["comments"]])
        if body["next"] is None:
            return found
        cursor = {"before": body["next"]}


async def test_pages_follow_each_other_without_gap_or_repetition(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account("dinkes")])
    # All in one microsecond: only the identity tells the order.
    same = [support.comment(f"c{n}", NOW - timedelta(microseconds=7)) for n in range(7)]
    later = support.comment("newest", NOW)
    await store(url, "comments", [*same, later, support.comment("oldest", NOW - SECOND, post_id="")])
    async with running_api(url) as api:
        found = await pages(api, limit=3)
        exact = await pages(api, limit=9)
    assert found == [["newest", "c6", "c5"], ["c4", "c3", "c2"], ["c1", "c0", "oldest"]]
    assert exact == [[*found[0], *found[1], *found[2]]]


async def test_a_comment_is_given_as_stored_and_without_its_author(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account("dinkes")])
    hard = "\t\\N 'kutip' \"x\" \u2028 👍\nbaris"
    await store(url, "comments", [support.comment("1", NOW, post_id="", text=hard, by_account=True)])
    async with running_api(url) as api:
        body = await api.get("/v1/comments")
    assert body["comments"] == [
        {
            "comment_id": "1",
            "platform": "instagram",
            "account_id": "dinkes",
            "post_id": None,
            "text": hard,
            "label": "neutral",
            "label_by": "model",
            "model_label": "neutral",
            "probabilities": {"negative": 0.1, "neutral": 0.8, "positive": 0.1},
            "model_version": "compact-1",
            "created_at": "2026-11-21T12:00:31Z",
            "labelled_at": "2026-11-21T12:00:33Z",
            "by_account": True,
        }
    ]


async def test_label_and_account_choose_and_the_deleted_is_gone(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account("dinkes"), support.account("dinsos")])
    rows = [
        support.comment("bad", NOW, label="negative"),
        support.comment("other", NOW - SECOND, account_id="dinsos", label="negative"),
        support.comment("good", NOW - 2 * SECOND, label="positive"),
        support.comment("gone", NOW - 3 * SECOND, label="negative"),
    ]
    await store(url, "comments", rows)
    await store(url, "comments", [{**rows[3], "deleted": True, "label": "", "text": "", "version": 2}])
    async with running_api(url) as api:
        assert await pages(api) == [["bad", "other", "good"]]
        assert await pages(api, label="negative") == [["bad", "other"]]
        assert await pages(api, label="negative", account="dinsos") == [["other"]]
        assert await pages(api, label="neutral") == [[]]


async def test_what_cannot_be_answered_is_refused_with_a_reason(clickhouse_database_url: str) -> None:
    cases: list[tuple[dict[str, Any], int]] = [
        ({"limit": 0}, 422),
        ({"limit": 201}, 422),
        ({"limit": "many"}, 422),
        ({"label": "angry"}, 422),
        ({"account": ""}, 422),
        ({"account": "dinkes"}, 404),
        ({"before": "tidak"}, 422),
        ({"before": ""}, 422),
        ({"before": "x" * 5000}, 422),
        ({"acount": "dinkes"}, 422),
    ]
    async with running_api(clickhouse_database_url) as api:
        for parameters, status in cases:
            answer = await api.client.get("/v1/comments", params=parameters)
            assert (answer.status_code, answer.headers["content-type"]) == (
                status,
                "application/problem+json",
            ), parameters


async def test_a_page_is_full_even_when_most_rows_were_replaced(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account("dinkes")])
    rows = [support.comment(f"c{n:02d}", NOW - n * SECOND, label="negative") for n in range(40)]
    await store(url, "comments", rows)
    # The newest 30 turn out positive, three times over, and one of them is older than it seemed.
    for version in (2, 3, 4):
        relabelled = [{**row, "label": "positive", "version": version} for row in rows[:30]]
        relabelled[0]["created_at"] = NOW - 35 * SECOND
        await store(url, "comments", relabelled)
    async with running_api(url) as api:
        assert (await pages(api, limit=3, label="negative"))[0] == ["c30", "c31", "c32"]
        assert list(chain(*await pages(api, limit=3, label="negative"))) == [f"c{n}" for n in range(30, 40)]
        everything = list(chain(*await pages(api, limit=7)))
    assert len(everything) == len(set(everything)) == 40
    assert everything[34:36] == ["c35", "c00"]
