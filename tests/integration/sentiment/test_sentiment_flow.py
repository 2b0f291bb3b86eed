"""The service as a process between a real broker's topics."""

import base64
import os
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from pantau.contracts import topics as names
from pantau.contracts.codec import encode
from pantau.contracts.events import CommentObserved, CommentsLabelled
from tests.support.sentiment_fakes import comment
from tests.support.sentiment_service import REAL, produce, reading, service, uncommitted

LABELS = {"bagus sekali": "positive", "buruk sekali": "negative", "kapan buka?": "neutral"}
WORDS = tuple(LABELS)


def many(count: int, accounts: int = 12) -> list[CommentObserved]:
    return [comment(n, f"opd-{n % accounts}", WORDS[n % 3], deleted=n % 50 == 49) for n in range(count)]


async def test_labels_arrive_complete_grouped_and_in_order(topics: str, tmp_path: Path) -> None:
    comments = many(3000)
    await produce(topics, comments)
    with service(topics, tmp_path) as labeller:
        labeller.start()
        async with reading(topics, names.LABELLED) as labelled:
            await labelled.have(len(comments))
            assert await labeller.stop() == 0, labeller.output()
            await labelled.read()
    messages = [CommentsLabelled.model_validate_json(value) for value in labelled.values]
    assert [message.account_id.encode() for message in messages] == labelled.keys
    assert all(len(message.comments) <= 200 for message in messages)
    assert len(messages) < len(comments) / 5  # batches, not one message a comment
    for account in {sent.account_id for sent in comments}:
        arrived = [each for each in labelled.comments() if each.account_id == account]
        expected = [sent for sent in comments if sent.account_id == account]
        assert [each.comment_id for each in arrived] == [sent.comment_id for sent in expected]
        assert [each.label for each in arrived] == [
            None if sent.deleted else LABELS[sent.text] for sent in expected
        ]
        fields = set(CommentObserved.model_fields)
        assert [each.model_dump(include=fields) for each in arrived] == [s.model_dump() for s in expected]
    assert await uncommitted(topics, labeller.group) == 0


async def test_poison_goes_to_dead_letters_with_its_bytes_and_the_rest_goes_on(
    topics: str, tmp_path: Path
) -> None:
    noise = os.urandom(900_000)  # does not compress: the letter is as large as one can get
    future = encode(comment(7)).replace(b'"schema_version":1', b'"schema_version":2')
    poison: list[tuple[bytes, bytes | None]] = [
        (b"dinkes", b"\xff\x00 not json"),
        (b"dinkes", noise),
        (b"dinkes", future),
        (b"dinkes", None),
    ]
    await produce(topics, [comment(1), *poison, comment(2)])
    with service(topics, tmp_path) as labeller:
        labeller.start()
        async with reading(topics, names.LABELLED) as labelled, reading(topics, names.DEAD_LETTERS) as dead:
            await labelled.have(2)
            while len(dead.values) < len(poison):
                await dead.read()
            assert await labeller.stop() == 0, labeller.output()
    letters = dead.letters()
    assert [base64.b64decode(letter.payload_base64) for letter in letters] == [p or b"" for _, p in poison]
    assert [letter.reason for letter in letters] == ["not_json", "not_json", "unknown_version", "not_json"]
    assert {(letter.service, letter.topic) for letter in letters} == {("sentiment", names.COMMENTS)}
    assert [letter.offset for letter in letters] == [1, 2, 3, 4]
    assert labelled.ids() == ["c1", "c2"]
    assert await uncommitted(topics, labeller.group) == 0


async def test_metrics_tell_what_was_done(topics: str, tmp_path: Path) -> None:
    comments = many(300)
    await produce(topics, [*comments, (b"opd-1", b"?")])
    with service(topics, tmp_path) as labeller:
        labeller.start()
        async with reading(topics, names.LABELLED) as labelled:
            await labelled.have(len(comments))
        await labeller.page_says("/metrics", 'pantau_dead_letters_total{reason="not_json"')
        await labeller.page_says(
            "/metrics", 'pantau_events_total{service="sentiment",type="comment.observed"} 300'
        )
        await labeller.page_says(
            "/metrics", 'pantau_consumer_lag_messages{partition="7",topic="social.comments"} 0'
        )
        assert await labeller.get("/readyz") == "ready\n"
        page = await labeller.get("/metrics")
    values = samples(page)
    assert values["pantau_event_age_seconds_count labelled"] == 300
    assert values["pantau_batch_rows_sum sentiment"] == 301
    assert values["pantau_batch_seconds_count sentiment"] >= 2
    assert values["pantau_inference_batch_rows_sum"] == 294
    assert values["pantau_inference_seconds_count"] >= 2
    assert {values[f"pantau_labels_total {label}"] for label in LABELS.values()} == {98}
    assert values["pantau_label_confidence_ratio_count"] == 294
    assert values["pantau_label_cache_hits_total"] > 0
    assert values["pantau_last_commit_timestamp_seconds sentiment"] > 0
    assert values["pantau_rebalances_total sentiment"] == 1
    assert values["pantau_assigned_partitions sentiment"] == 8
    assert "pantau_event_loop_lag_seconds" in values
    assert "pantau_queue_age_seconds" in values


def samples(page: str) -> dict[str, float]:
    """By name and label values, a blank between."""
    return {
        sample.name + "".join(f" {value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


async def test_the_shipped_model_labels_real_words(topics: str, tmp_path: Path) -> None:
    texts = {
        "c0": "Pelayanannya sangat bagus dan ramah, terima kasih banyak",
        "c1": "Pelayanan buruk sekali, sangat mengecewakan, petugasnya tidak ramah",
        "c2": "👍" * 50,
        "c3": "",
    }
    comments = [comment(n, text=text) for n, text in enumerate(texts.values())]
    await produce(topics, [*comments, comment(4, deleted=True)])
    with service(topics, tmp_path, module=REAL) as labeller:
        labeller.start()
        await labeller.ready()
        async with reading(topics, names.LABELLED) as labelled:
            await labelled.have(5)
        await produce(topics, [comment(5, text="乾杯 乾杯")])  # a script that it never learned
        await labeller.page_says(
            "/metrics", 'pantau_events_total{service="sentiment",type="comment.observed"} 6'
        )
        told = samples(await labeller.get("/metrics"))
        assert await labeller.stop() == 0, labeller.output()
    assert sum(told[f"pantau_labels_total {label}"] for label in LABELS.values()) == 5
    assert told["pantau_label_confidence_ratio_count"] == 5
    assert told["pantau_label_unknown_tokens_total"] > 0
    assert told["pantau_label_tokens_total"] > told["pantau_label_unknown_tokens_total"]
    assert told["pantau_inference_seconds_sum"] > 0
    results = {each.comment_id: each for each in labelled.comments()}
    assert (results["c0"].label, results["c1"].label) == ("positive", "negative")
    assert results["c4"].label is None
    for name in texts:
        probabilities = results[name].probabilities
        assert probabilities is not None
        total = probabilities.negative + probabilities.neutral + probabilities.positive
        assert abs(total - 1) < 0.001
    assert len({each.model_version for each in results.values()}) == 1
