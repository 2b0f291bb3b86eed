"""Flags over HTTP: what is listed with which evidence, who may review, what reaches Kafka and comes back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
import pytest

from pantau.contracts import topics as names
from pantau.contracts.codec import decode_correction
from pantau.contracts.events import AccountRegistered, FlagReviewed, LabelledComment, PostObserved
from pantau.contracts.fields import Flag, Label, Platform, Verdict
from pantau.runtime.clickhouse import connect
from pantau.runtime.clock import utc_now
from pantau.runtime.kafka.consumer import consumer, start_consumer, stop_consumer
from services.scoring.buckets.flush import Flush
from tests.support.api import KEY, NOW, RULES, Api, running_api

REVIEW_KEY = "kunci-inspektorat-1"
LABEL_KEY = "kunci-label-humas-1"
KEYS: dict[str, Any] = {
    "API_REVIEW_KEYS": f"inspektorat:{REVIEW_KEY}",
    "API_LABEL_KEYS": f"humas:{LABEL_KEY}",
}
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
CHEER = "Maju terus dinkes, mantap!"
WHERE: dict[str, Any] = {"account_id": "dinkes", "platform": "instagram", "post_id": "p1"}
COPIED = WHERE | {"flag": "copied_text", "verdict": "overturned"}


def registered(account_id: str = "dinkes") -> AccountRegistered:
    at = NOW - 300 * DAY
    return AccountRegistered(
        account_id=account_id, name="D", short_name="D", onboarded_at=at, registered_at=at
    )


def seen(account_id: str) -> dict[str, Any]:
    # Texts have a time to live after their receipt, by the real clock.
    return {
        "account_id": account_id,
        "platform": Platform.INSTAGRAM,
        "observed_at": NOW,
        "received_at": utc_now(),
    }


def post(post_id: str = "p1", account_id: str = "dinkes", **more: Any) -> PostObserved:
    return PostObserved(**seen(account_id), post_id=post_id, published_at=NOW - 2 * DAY, **more)


def comment(name: str, author: int, text: str, seconds: int = 0, **changed: Any) -> LabelledComment:
    given = seen(changed.pop("account_id", "dinkes")) | {"post_id": "p1", "comment_id": name, "text": text}
    given |= {"author": f"{author:064x}", "created_at": NOW - DAY + seconds * SECOND}
    given |= {"label": Label.POSITIVE, "model_version": "m", "labelled_at": NOW}
    return LabelledComment(**(given | changed))


def campaign(copies: int = 6, **where: Any) -> list[LabelledComment]:
    """One cheer by as many people, and two people of their own mind."""
    said = [comment(f"c{n}", n, CHEER, n, **where) for n in range(copies)]
    return [*said, comment("x", 90, "jalan rusak", **where), comment("y", 91, "kapan buka pak", **where)]


async def written(url: str, events: Sequence[Any]) -> None:
    """As the scoring service stores them."""
    client = await connect(url)
    await Flush(client, RULES).write(events)
    await client.close()


async def review(api: Api, body: Any, key: str | None = REVIEW_KEY) -> Any:
    del api.client.headers["Authorization"]
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    answer = await api.client.post("/v1/flags/reviews", content=content, headers=headers)
    api.client.headers["Authorization"] = f"Bearer {KEY}"
    return answer


async def published(bootstrap: str) -> list[tuple[bytes | None, Any]]:
    reader = consumer(names.CORRECTIONS, bootstrap_servers=bootstrap, group=None)
    await start_consumer(reader)
    try:
        found: list[tuple[bytes | None, Any]] = []
        while batches := await reader.getmany(timeout_ms=1500):
            found += [(r.key, decode_correction(r.value)) for records in batches.values() for r in records]
        return found
    finally:
        await stop_consumer(reader)


def reviewed(verdict: Verdict | None, seconds: int = 0, **changed: Any) -> FlagReviewed:
    given: dict[str, Any] = {"account_id": "dinkes", "platform": Platform.INSTAGRAM, "post_id": "p1"}
    given |= {"flag": Flag.COPIED_TEXT, "verdict": verdict, "reviewed_by": "inspektorat", "reason": "lomba"}
    return FlagReviewed.model_validate(given | {"reviewed_at": NOW + seconds * SECOND} | changed)


async def test_a_copied_text_is_listed_with_its_evidence(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await written(url, [registered(), post(permalink="/p/1"), *campaign()])
    async with running_api(url) as api:
        for period in ({"month": "2026-11"}, {"window": "7d"}, {"month": "2026-11", "account": "dinkes"}):
            (flag,) = (await api.get("/v1/flags", **period))["flags"]
            assert flag == {
                **WHERE,
                "flag": "copied_text",
                "permalink": "/p/1",
                "published_at": (NOW - 2 * DAY).isoformat().replace("+00:00", "Z"),
                "evidence": {
                    "comments": 6,
                    "authors": 6,
                    "texts": 1,
                    "share": None,
                    "first_at": (NOW - DAY).isoformat().replace("+00:00", "Z"),
                    "last_at": (NOW - DAY + 5 * SECOND).isoformat().replace("+00:00", "Z"),
                    "samples": [CHEER],
                },
                "discounted": True,
                "comments_not_counted": 5,
                "comments_observed": 8,
                "comments_counted": 3,
                "simulated": False,
                "verdict": None,
                "reason": None,
                "reviewed_by": None,
                "reviewed_at": None,
            }
        for period in (
            {"window": "1h"},
            {"month": "2026-10"},
            {"window": "24h", "at": "2026-11-01T00:00:00Z"},
        ):
            assert (await api.get("/v1/flags", **period))["flags"] == []


async def test_each_flag_is_listed_and_giveaways_are_not(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    repeated = [comment(f"r{n}", 1, f"kapan dibuka {n}", n, post_id="p2") for n in range(7)]
    single = [comment(f"s{n}", n, "Mantap" if n < 27 else "👍", n, post_id="p3") for n in range(30)]
    lottery = campaign(post_id="p4")
    await written(url, [registered(), post(), *campaign(), *repeated, *single, *lottery])
    await written(url, [post("p4", giveaway=True)])
    async with running_api(url) as api:
        body = await api.get("/v1/flags", month="2026-11")
        assert [(f["post_id"], f["flag"], f["discounted"]) for f in body["flags"]] == [
            ("p1", "copied_text", True),
            ("p2", "repeated_author", True),
            ("p3", "one_word", False),
        ]
        repeaters, shorts = body["flags"][1:]
        assert (repeaters["evidence"]["authors"], repeaters["evidence"]["comments"]) == (1, 4)
        assert (repeaters["comments_not_counted"], repeaters["comments_counted"]) == (4, 3)
        assert (shorts["evidence"]["share"], shorts["comments_not_counted"]) == (1.0, 0)
        assert sorted(shorts["evidence"]["samples"]) == ["Mantap", "👍"]
        assert shorts["published_at"] is None
        some = await api.get("/v1/flags", month="2026-11", limit=1)
        assert (len(some["flags"]), some["more"], body["more"]) == (1, True, False)
        only = await api.get("/v1/flags", month="2026-11", flag="one_word")
        assert [f["post_id"] for f in only["flags"]] == ["p3"]


async def test_new_authors_are_looked_for_in_one_accounts_history(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    first = [comment("first", 500, "halo", -40 * 86_400, post_id="p0")]
    regulars = [comment(f"r{n}", n, "halo", -20 * 86_400 + n, post_id="p0") for n in range(30)]
    again = [comment(f"a{n}", n, "halo", n, post_id="p1") for n in range(30)]
    burst = [comment(f"b{n}", 100 + n, f"mantap {n}", 170 * n, post_id="p2") for n in range(22)]
    slow = [comment(f"s{n}", 200 + n, "mantap", 200 * n, post_id="p3") for n in range(30)]
    await written(url, [registered(), *first, *regulars, *again, *burst, *slow])
    async with running_api(url) as api:
        asked = {"window": "30d", "flag": "new_authors"}
        (flag,) = (await api.get("/v1/flags", account="dinkes", **asked))["flags"]
        assert (flag["post_id"], flag["discounted"], flag["comments_not_counted"]) == ("p2", False, 0)
        assert flag["evidence"]["authors"] == 22  # of 22 within 59 min 30 s; those of p3 came 18 an hour
        assert len(flag["evidence"]["samples"]) == 3
        assert (await api.client.get("/v1/flags", params=asked)).status_code == 422
        assert [f["flag"] for f in (await api.get("/v1/flags", window="30d"))["flags"]] == ["one_word"] * 3


async def test_a_review_is_acknowledged_by_kafka_before_the_answer(
    topics: str, clickhouse_database_url: str
) -> None:
    url = clickhouse_database_url
    await written(url, [registered(), post(), *campaign()])
    async with running_api(url, topics, wait_for="ready\n", **KEYS) as api:
        answer = await review(api, COPIED | {"reason": "yel-yel lomba, kata @budi"})
        assert answer.status_code == 202, answer.text
        body = answer.json()
        assert body.pop("reviewed_at").startswith("2026-11-21T12:")
        expected = COPIED | {"reason": "yel-yel lomba, kata [akun]", "reviewed_by": "inspektorat"}
        assert body == expected
    ((key, event),) = await published(topics)
    assert key == b"dinkes"
    assert isinstance(event, FlagReviewed)
    assert (event.flag, event.verdict, event.reviewed_by) == (
        Flag.COPIED_TEXT,
        Verdict.OVERTURNED,
        "inspektorat",
    )


async def test_only_keys_with_the_scope_may_review(clickhouse_database_url: str, tmp_path: Any) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>")
    await written(clickhouse_database_url, [registered(), post(), *campaign()])
    async with running_api(clickhouse_database_url, dist=tmp_path, **KEYS) as api:
        assert len((await api.client.get("/wall")).cookies) == 1  # the client keeps it
        for key, status in ((None, 401), ("salah-salah-salah-salah", 401), (KEY, 403), (LABEL_KEY, 403)):
            answer = await review(api, COPIED, key)
            assert (answer.status_code, answer.headers["content-type"]) == (
                status,
                "application/problem+json",
            )
        # Not even a body is read before the key is known; a label is not corrected with a reviewer's key.
        assert (await review(api, b"x" * 100_000, KEY)).status_code == 403
        label: dict[str, Any] = {"json": {"label": "negative"}}
        label["headers"] = {"Authorization": f"Bearer {REVIEW_KEY}"}
        assert (await api.client.post("/v1/comments/c1/label", **label)).status_code == 403
        # The wall's cookie does not list flags.
        del api.client.headers["Authorization"]
        for path in ("/v1/flags", "/v1/flags/reviews"):
            assert (await api.client.get(path)).status_code == 401
            for key in (KEY, LABEL_KEY, REVIEW_KEY):
                assert (await api.client.get(path, headers={"X-API-Key": key})).status_code == 200


async def test_what_cannot_be_reviewed(topics: str, clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await written(
        url, [registered(), post(), *campaign(), *campaign(post_id="p4"), post("p4", giveaway=True)]
    )
    async with running_api(url, topics, wait_for="ready\n", **KEYS) as api:
        for changed, status in (
            ({"post_id": "p9"}, 404),
            ({"account_id": "dinsos"}, 404),
            ({"platform": "tiktok"}, 404),
            ({"flag": "one_word"}, 409),
            ({"flag": "new_authors"}, 409),
            ({"post_id": "p4"}, 409),
            ({"flag": "one_word", "verdict": None}, 409),
        ):
            answer = await review(api, COPIED | changed)
            assert answer.status_code == status, (changed, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
        # What was raised once, and is not any more, can still be withdrawn.
        await written(url, [reviewed(Verdict.UPHELD, flag=Flag.ONE_WORD)])
        assert (await review(api, COPIED | {"flag": "one_word"})).status_code == 409
        assert (await review(api, COPIED | {"flag": "one_word", "verdict": None})).status_code == 202


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        ({}, 422),
        (COPIED | {"verdict": "guilty"}, 422),
        ({key: value for key, value in COPIED.items() if key != "verdict"}, 422),
        (COPIED | {"flag": "spam"}, 422),
        (COPIED | {"because": "x"}, 422),
        (COPIED | {"reason": "x" * 201}, 422),
        (b" " * 16_385, 413),
    ],
)
async def test_bodies_that_cannot_be_used(clickhouse_database_url: str, body: Any, status: int) -> None:
    async with running_api(clickhouse_database_url, **KEYS) as api:
        answer = await review(api, body)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_while_kafka_is_away_it_is_said_and_reading_goes_on(clickhouse_database_url: str) -> None:
    await written(clickhouse_database_url, [registered(), post(), *campaign()])
    async with running_api(clickhouse_database_url, **KEYS) as api:
        answer = await review(api, COPIED)
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert len((await api.get("/v1/flags", month="2026-11"))["flags"]) == 1


async def test_the_later_word_holds_where_clocks_differ(topics: str, clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    ahead = reviewed(Verdict.UPHELD, 3600)
    await written(url, [registered(), post(), *campaign(), ahead])
    async with running_api(url, topics, wait_for="ready\n", **KEYS) as api:
        assert (await review(api, COPIED)).status_code == 202
    ((_, event),) = await published(topics)
    assert event.reviewed_at == ahead.reviewed_at + timedelta(microseconds=1)


async def test_a_verdict_is_listed_and_counts(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    single = [comment(f"s{n}", n, "Mantap", n, post_id="p3") for n in range(30)]
    await written(url, [registered(), post(), *campaign(), *single])
    upheld = reviewed(Verdict.UPHELD, post_id="p3", flag=Flag.ONE_WORD, reason="")
    await written(url, [reviewed(Verdict.OVERTURNED), upheld])
    async with running_api(url) as api:
        shorts, copied = (await api.get("/v1/flags", month="2026-11"))["flags"]
        assert (shorts["flag"], shorts["discounted"], shorts["verdict"]) == ("one_word", True, "upheld")
        assert (shorts["comments_not_counted"], shorts["comments_counted"]) == (30, 0)
        assert (copied["discounted"], copied["verdict"], copied["reason"]) == (False, "overturned", "lomba")
        assert (copied["comments_not_counted"], copied["comments_counted"]) == (0, 8)
        assert copied["reviewed_by"] == "inspektorat"
    await written(url, [reviewed(None, 60)])
    async with running_api(url) as api:
        copied = (await api.get("/v1/flags", month="2026-11"))["flags"][1]
        assert (copied["discounted"], copied["verdict"], copied["reviewed_by"]) == (True, None, None)


async def test_the_trail_has_every_review_once_and_says_which_hold(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    events = [reviewed(Verdict.UPHELD, n, reason=f"{n}") for n in range(4)]
    events += [reviewed(None, 2, post_id="p2", flag=Flag.ONE_WORD, reviewed_by="humas")]
    await written(url, [registered(), *events])
    await written(url, events[1:3])  # delivered again
    async with running_api(url) as api:
        shown: list[Any] = []
        before: dict[str, str] = {}
        while True:
            body = await api.get("/v1/flags/reviews", limit=2, **before)
            shown += body["reviews"]
            if body["next"] is None:
                break
            before = {"before": body["next"]}
        assert (await api.client.get("/v1/flags/reviews", params={"before": "x"})).status_code == 422
    assert [(r["post_id"], r["reason"], r["verdict"], r["holds"]) for r in shown] == [
        ("p1", "3", "upheld", True),
        ("p2", "lomba", None, True),
        ("p1", "2", "upheld", False),
        ("p1", "1", "upheld", False),
        ("p1", "0", "upheld", False),
    ]


async def test_nothing_flagged_gives_empty_answers(clickhouse_database_url: str) -> None:
    async with running_api(clickhouse_database_url) as api:
        body = await api.get("/v1/flags")
        assert (body["flags"], body["more"], body["window"]) == ([], False, "24h")
        assert (await api.get("/v1/flags/reviews"))["reviews"] == []
        assert (await api.client.get("/v1/flags", params={"account": "tidak-ada"})).status_code == 404
        assert (await api.client.get("/v1/flags", params={"akun": "dinkes"})).status_code == 422
