"""Correcting labels over HTTP: who may, which comment, what reaches Kafka, and what is read back."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from pantau.contracts import topics as names
from pantau.contracts.codec import decode_correction
from pantau.contracts.events import LabelCorrected
from pantau.contracts.fields import Label
from pantau.runtime.clickhouse import connect
from pantau.runtime.kafka.consumer import consumer, start_consumer, stop_consumer
from services.scoring.buckets.flush import Flush
from services.sentiment.inference.labels import LABELS
from services.sentiment.inference.normalise import normalise
from services.sentiment.train.corpus import Row as Lesson
from services.sentiment.train.files import gather, rows_of
from tests.support import api as support
from tests.support.api import KEY, NOW, RULES, Api, Row, running_api, store

LABEL_KEY = "kunci-label-humas"
OTHER_KEY = "kunci-label-magang"
KEYS: dict[str, Any] = {"API_LABEL_KEYS": f"humas:{LABEL_KEY}, magang:{OTHER_KEY}"}
SECOND = timedelta(seconds=1)


async def post(api: Api, comment_id: str, body: Any, key: str | None = LABEL_KEY, **parameters: str) -> Any:
    del api.client.headers["Authorization"]
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    path = f"/v1/comments/{comment_id}/label"
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    answer = await api.client.post(path, content=content, headers=headers, params=parameters)
    api.client.headers["Authorization"] = f"Bearer {KEY}"
    return answer


async def published(bootstrap: str) -> list[tuple[bytes | None, LabelCorrected]]:
    reader = consumer(names.CORRECTIONS, bootstrap_servers=bootstrap, group=None)
    await start_consumer(reader)
    try:
        found: list[tuple[bytes | None, LabelCorrected]] = []
        while batches := await reader.getmany(timeout_ms=1500):
            found += [(r.key, _label_corrected(r.value)) for records in batches.values() for r in records]
        return found
    finally:
        await stop_consumer(reader)


async def written(url: str, events: Sequence[Any]) -> None:
    """As the scoring service stores them."""
    client = await connect(url)
    await Flush(client, RULES).write(events)
    await client.close()


def correction(comment_id: str, label: Label | None, seconds: int = 0, **changed: Any) -> LabelCorrected:
    given: dict[str, Any] = {
        "type": "label.corrected",
        "account_id": "dinkes",
        "platform": "instagram",
        "post_id": "p1",
    }
    given |= {"comment_id": comment_id, "label": label and label.value, "corrected_by": "humas"}
    given |= {"corrected_at": (NOW + seconds * SECOND).isoformat()} | changed
    return _label_corrected(orjson.dumps(given))


def _label_corrected(payload: bytes) -> LabelCorrected:
    event = decode_correction(payload)
    assert isinstance(event, LabelCorrected)
    return event


async def test_a_correction_is_acknowledged_by_kafka_before_the_answer(
    topics: str, clickhouse_database_url: str
) -> None:
    await store(clickhouse_database_url, "comments", [support.comment("ab/c 1", NOW, label="positive")])
    async with running_api(clickhouse_database_url, topics, wait_for="ready\n", **KEYS) as api:
        answer = await post(api, "ab%2Fc%201", {"label": "negative", "reason": "sindiran"})
        assert answer.status_code == 202, answer.text
        withdrawn = await post(api, "ab%2Fc%201", {"label": None}, OTHER_KEY)
        assert withdrawn.status_code == 202
    body = answer.json()
    assert body.pop("corrected_at").startswith("2026-11-21T12:")
    assert body == {
        "comment_id": "ab/c 1",
        "platform": "instagram",
        "account_id": "dinkes",
        "post_id": "p1",
        "label": "negative",
        "model_label": "positive",
        "reason": "sindiran",
        "corrected_by": "humas",
    }
    sent = await published(topics)
    assert [key for key, _ in sent] == [b"dinkes", b"dinkes"]
    assert [(e.label, e.corrected_by, e.reason) for _, e in sent] == [
        (Label.NEGATIVE, "humas", "sindiran"),
        (None, "magang", ""),
    ]


async def test_a_reason_is_masked_as_comments_are(topics: str, clickhouse_database_url: str) -> None:
    await store(clickhouse_database_url, "comments", [support.comment("1", NOW)])
    async with running_api(clickhouse_database_url, topics, wait_for="ready\n", **KEYS) as api:
        reason = "kata @budi di 0812-3456-7890: sindiran"
        answer = await post(api, "1", {"label": "negative", "reason": reason})
        long = await post(api, "1", {"label": "negative", "reason": "@a " * 66})
    assert answer.json()["reason"] == "kata [akun] di [telepon]: sindiran"
    assert len(long.json()["reason"]) == 200
    assert [event.reason for _, event in await published(topics)] == [
        answer.json()["reason"],
        long.json()["reason"],
    ]


async def test_a_correction_outlives_an_edit_which_is_told(topics: str, clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    rows = [support.comment(name, NOW, text="Mantap 👍", label="positive") for name in "abcd"]
    await store(url, "accounts", [support.account("dinkes")])
    await store(url, "comments", rows)
    async with running_api(url, topics, wait_for="ready\n", **KEYS) as api:
        for row in rows:
            assert (await post(api, row["comment_id"], {"label": "negative"})).status_code == 202
    said = [event for _, event in await published(topics)]
    await written(url, [*said, correction("e", Label.NEGATIVE, -60)])  # e: from before there were digests
    await store(
        url,
        "comments",
        [
            rows[1] | {"text": "Mantap 👎", "version": 2},
            rows[2] | {"text": "Mantap 👍", "version": 2},  # seen again, as it was
            rows[3] | {"text": "", "version": 2},  # dropped with age
            support.comment("e", NOW),
        ],
    )
    async with running_api(url) as api:
        trail = (await api.get("/v1/corrections"))["corrections"]
        assert {c["comment_id"]: c["edited_since"] for c in trail} == {
            "a": False,
            "b": True,
            "c": False,
            "d": None,
            "e": None,
        }
        assert all(c["holds"] for c in trail)
        found = {c["comment_id"]: c for c in (await api.get("/v1/comments", label="negative"))["comments"]}
        assert (found["b"]["text"], found["b"]["label_by"]) == ("Mantap 👎", "human")
        export = (await api.client.get("/v1/corrections/export")).content.splitlines()
        texts = [orjson.loads(line)["text"] for line in export]
        assert texts == ["Mantap 👍", "Mantap 👍", support.comment("e", NOW)["text"]]


async def test_only_keys_with_the_scope_may_correct(clickhouse_database_url: str, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>")
    await store(clickhouse_database_url, "comments", [support.comment("1", NOW)])
    async with running_api(clickhouse_database_url, dist=tmp_path, **KEYS) as api:
        assert len((await api.client.get("/wall")).cookies) == 1  # the client keeps it
        for key, status in ((None, 401), ("salah-salah-salah-salah", 401), (KEY, 403)):
            answer = await post(api, "1", {"label": "negative"}, key)
            assert (answer.status_code, answer.headers["content-type"]) == (
                status,
                "application/problem+json",
            )
        # Not even a body is read before the key is known.
        assert (await post(api, "1", b"x" * 100_000, KEY)).status_code == 403
        # The wall's cookie reads neither comments nor the trail nor the export.
        del api.client.headers["Authorization"]
        assert (await api.client.get("/v1/status")).status_code == 200
        for path in ("/v1/comments", "/v1/corrections", "/v1/corrections/export"):
            assert (await api.client.get(path)).status_code == 401
            for key in (KEY, LABEL_KEY):
                assert (await api.client.get(path, headers={"X-API-Key": key})).status_code == 200
    async with running_api(clickhouse_database_url) as api:  # no label keys at all
        assert (await post(api, "1", {"label": "negative"}, KEY)).status_code == 403


async def test_while_kafka_is_away_it_is_said_and_reading_goes_on(clickhouse_database_url: str) -> None:
    await store(clickhouse_database_url, "comments", [support.comment("1", NOW)])
    async with running_api(clickhouse_database_url, **KEYS) as api:
        answer = await post(api, "1", {"label": "negative"})
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["content-type"] == "application/problem+json"
        assert len((await api.get("/v1/comments"))["comments"]) == 1


async def test_an_id_that_names_no_comment_or_several(topics: str, clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    rows = [
        support.comment("1", NOW),
        support.comment("1", NOW, post_id=""),
        support.comment("1", NOW, platform="tiktok"),
        support.comment("1", NOW, account_id="dinsos"),
        support.comment("gone", NOW),
    ]
    await store(url, "comments", rows)
    await store(url, "comments", [rows[4] | {"deleted": True, "label": "", "version": 2}])
    async with running_api(url, topics, wait_for="ready\n", **KEYS) as api:
        for unknown in ("2", "gone"):
            assert (await post(api, unknown, {"label": "negative"})).status_code == 404
        assert (await post(api, "1", {"label": "negative"}, account="setda")).status_code == 404
        ambiguous = await post(api, "1", {"label": "negative"})
        assert ambiguous.status_code == 409
        assert ambiguous.json()["candidates"] == [
            {"account": "dinkes", "platform": "instagram", "post": ""},
            {"account": "dinkes", "platform": "instagram", "post": "p1"},
            {"account": "dinkes", "platform": "tiktok", "post": "p1"},
            {"account": "dinsos", "platform": "instagram", "post": "p1"},
        ]
        for candidate in ambiguous.json()["candidates"]:
            answer = await post(api, "1", {"label": "negative"}, **candidate)
            assert answer.status_code == 202, answer.text
            assert answer.json()["account_id"] == candidate["account"]
            assert answer.json()["post_id"] == (candidate["post"] or None)
    assert len(await published(topics)) == 4


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        ({}, 422),
        ({"label": "angry"}, 422),
        ({"label": 1}, 422),
        ({"label": "negative", "because": "x"}, 422),
        ({"label": "negative", "reason": "x" * 201}, 422),
        (b'{"label":"negative","reason":"\\ud800"}', 422),
        (b" " * 16_385, 413),
    ],
)
async def test_bodies_that_cannot_be_used(clickhouse_database_url: str, body: Any, status: int) -> None:
    async with running_api(clickhouse_database_url, **KEYS) as api:
        answer = await post(api, "1", body)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_the_later_word_holds_where_clocks_differ(topics: str, clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "comments", [support.comment("1", NOW)])
    ahead = correction("1", Label.POSITIVE, 3600)
    await written(url, [ahead])
    async with running_api(url, topics, wait_for="ready\n", **KEYS) as api:
        assert (await post(api, "1", {"label": "negative"})).status_code == 202
    ((_, event),) = await published(topics)
    assert event.corrected_at == ahead.corrected_at + timedelta(microseconds=1)


async def test_comments_show_the_label_that_counts_and_are_chosen_by_it(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    labels = {"a": "positive", "b": "positive", "c": "negative", "d": "negative"}
    rows: list[Row] = [
        support.comment(name, NOW - n * SECOND, label=label) for n, (name, label) in enumerate(labels.items())
    ]
    await store(url, "accounts", [support.account("dinkes")])
    await store(url, "comments", rows)
    said = {"b": Label.NEGATIVE, "c": Label.NEUTRAL, "d": None}
    await written(url, [correction("d", Label.POSITIVE, -9)])
    await written(url, [correction(name, label) for name, label in said.items()])
    async with running_api(url) as api:
        found = (await api.get("/v1/comments"))["comments"]
        assert [(c["comment_id"], c["label"], c["label_by"], c["model_label"]) for c in found] == [
            ("a", "positive", "model", "positive"),
            ("b", "negative", "human", "positive"),
            ("c", "neutral", "human", "negative"),
            ("d", "negative", "model", "negative"),
        ]
        for label, expected in (("positive", "a"), ("negative", "bd"), ("neutral", "c")):
            chosen = (await api.get("/v1/comments", label=label, account="dinkes", limit=1))["comments"]
            assert [c["comment_id"] for c in chosen] == [expected[0]]
            whole = (await api.get("/v1/comments", label=label))["comments"]
            assert "".join(c["comment_id"] for c in whole) == expected


async def test_the_trail_has_every_correction_once_and_says_which_hold(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "comments", [support.comment("a", NOW, label="positive")])
    events = [correction("a", Label.NEGATIVE, n, reason=f"{n}") for n in range(4)]
    events += [correction("b", None, 2, corrected_by="magang")]
    await written(url, events)
    await written(url, events[1:3])  # delivered again
    async with running_api(url) as api:
        shown: list[Any] = []
        before: dict[str, str] = {}
        while True:
            body = await api.get("/v1/corrections", limit=2, **before)
            shown += body["corrections"]
            if body["next"] is None:
                break
            before = {"before": body["next"]}
        assert (await api.client.get("/v1/corrections", params={"before": "x"})).status_code == 422
    assert [(c["comment_id"], c["reason"], c["holds"]) for c in shown] == [
        ("a", "3", True),
        ("b", "", True),
        ("a", "2", False),
        ("a", "1", False),
        ("a", "0", False),
    ]
    assert shown[1]["label"] is None
    assert [c["model_label"] for c in shown[:2]] == ["positive", None]
    assert [c["corrected_by"] for c in shown[:2]] == ["humas", "magang"]


async def test_the_export_is_what_training_reads(
    clickhouse_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.api.corrections.service.EXPORT_PAGE", 2)
    url = clickhouse_database_url
    hard = 'Wah "bagus"\n\u2028 👍'
    rows = [support.comment(name, NOW, text=hard if name == "a" else name) for name in "abcdefg"]
    rows[1] |= {"text": ""}  # dropped with age
    rows[6] |= {"simulated": True}
    await store(url, "comments", rows)
    await store(url, "comments", [rows[2] | {"deleted": True, "text": "", "version": 2}])
    said = dict.fromkeys("abcdgx", Label.NEGATIVE)
    await written(url, [*(correction(name, label) for name, label in said.items())])
    await written(url, [correction("d", None, 1), correction("e", Label.POSITIVE)])
    async with running_api(url) as api:
        answer = await api.client.get("/v1/corrections/export")
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [orjson.loads(line) for line in answer.content.splitlines()] == [
        {"text": hard, "label": "negative", "simulated": False},
        {"text": "e", "label": "positive", "simulated": False},
        {"text": "g", "label": "negative", "simulated": True},
    ]
    negative, positive = LABELS.index(Label.NEGATIVE), LABELS.index(Label.POSITIVE)
    lesson = [Lesson(normalise(hard), negative), Lesson("e", positive), Lesson("g", negative)]
    for name in ("corrections.jsonl", "corrections.ndjson"):
        (tmp_path / name).write_bytes(answer.content)
        assert rows_of(tmp_path / name) == lesson
    # Named last, they overrule what another file says of the same text.
    (tmp_path / "older.csv").write_text("text,label\nE,negatif\nh,netral\n")
    (tmp_path / "checked.csv").write_text("text,label\nsatu,negatif\ndua,netral\ntiga,positif\n")
    files = [tmp_path / "older.csv", tmp_path / "corrections.ndjson"]
    learned = gather(files, tmp_path / "checked.csv", held_out=0.1, seed=1, fewest=1).train
    assert {row.text: row.label for row in learned} == {
        **{row.text: row.label for row in lesson},
        "h": LABELS.index(Label.NEUTRAL),
    }


async def test_nothing_corrected_gives_empty_answers(clickhouse_database_url: str) -> None:
    async with running_api(clickhouse_database_url) as api:
        assert (await api.get("/v1/corrections"))["corrections"] == []
        answer = await api.client.get("/v1/corrections/export")
        assert (answer.status_code, answer.content) == (200, b"")
