from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.contracts.events import CommentObserved, FollowersObserved, MetricsObserved, PostObserved
from services.ingest.inbound import InboundComment, InboundPost, Refusal, read, type_of
from services.ingest.normalise import normalise
from services.ingest.pseudonym import pseudonym

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = b"k" * 32
COMMENT: dict[str, Any] = {
    "type": "comment.observed",
    "account_id": "dinkes",
    "platform": "instagram",
    "comment_id": "18042",
    "text": "mantap @budi",
    "created_at": "2026-11-21T02:40:11Z",
}
POST: dict[str, Any] = {
    "type": "post.observed",
    "account_id": "dinkes",
    "platform": "x",
    "post_id": "1",
    "published_at": "2026-11-21T09:15:00+07:00",
}
METRICS: dict[str, Any] = {
    "type": "metrics.observed",
    "account_id": "dinkes",
    "platform": "tiktok",
    "post_id": "1",
    "observed_at": "2026-11-21T03:00:00Z",
}


def test_comment_becomes_a_pseudonym_and_a_masked_text() -> None:
    event = normalise(
        read(COMMENT | {"author_id": "42", "username": "budi", "author": "Budi"}, NOW), NOW, KEY
    )
    assert isinstance(event, CommentObserved)
    assert event.author == pseudonym(KEY, "instagram", "42")
    assert event.text == "mantap [akun]"
    assert event.received_at == NOW
    assert "udi" not in event.model_dump_json()


def test_comment_without_author_has_no_pseudonym() -> None:
    event = normalise(read(COMMENT, NOW), NOW, KEY)
    assert isinstance(event, CommentObserved)
    assert event.author is None


def test_observed_at_defaults_to_when_it_was_written() -> None:
    comment, post = normalise(read(COMMENT, NOW), NOW, KEY), normalise(read(POST, NOW), NOW, KEY)
    assert isinstance(comment, CommentObserved)
    assert isinstance(post, PostObserved)
    assert comment.observed_at == comment.created_at
    assert post.observed_at == post.published_at == datetime(2026, 11, 21, 2, 15, tzinfo=UTC)


def test_given_observed_at_is_kept() -> None:
    event = normalise(read(COMMENT | {"observed_at": "2026-11-21T03:00:00Z"}, NOW), NOW, KEY)
    assert event.observed_at == datetime(2026, 11, 21, 3, tzinfo=UTC)


def test_received_at_of_the_sender_is_not_believed() -> None:
    assert normalise(read(POST | {"received_at": "2001-01-01T00:00:00Z"}, NOW), NOW, KEY).received_at == NOW


def test_text_of_a_post_is_masked_and_its_permalink_kept() -> None:
    permalink = "https://x.com/dinkes/status/1"
    event = normalise(read(POST | {"text": "hub 081234567890", "permalink": permalink}, NOW), NOW, KEY)
    assert isinstance(event, PostObserved)
    assert (event.text, event.permalink) == ("hub [telepon]", permalink)


def test_counts_that_were_not_given_are_unknown() -> None:
    event = normalise(read(METRICS | {"likes": 0, "saves": None}, NOW), NOW, KEY)
    assert isinstance(event, MetricsObserved)
    assert (event.views, event.likes, event.saves) == (None, 0, None)


def test_followers() -> None:
    item = {
        "type": "followers.observed",
        "account_id": "dinkes",
        "platform": "x",
        "observed_at": "2026-11-21T03:00:00Z",
        "followers": 812,
    }
    event = normalise(read(item, NOW), NOW, KEY)
    assert isinstance(event, FollowersObserved)
    assert event.followers == 812


def test_deleted_comment_needs_no_text() -> None:
    item = {key: value for key, value in COMMENT.items() if key != "text"}
    event = normalise(read(item | {"deleted": True}, NOW), NOW, KEY)
    assert isinstance(event, CommentObserved)
    assert (event.text, event.deleted) == ("", True)
    with pytest.raises(Refusal, match="text: needed unless the comment is deleted"):
        read(item, NOW)


def test_masking_never_exceeds_the_limit() -> None:
    event = normalise(read(COMMENT | {"text": "@a " * 3_333}, NOW), NOW, KEY)
    assert isinstance(event, CommentObserved)
    assert len(event.text) == 10_000


def test_near_future_is_tolerated() -> None:
    assert isinstance(read(POST | {"published_at": "2026-11-22T11:59:00Z"}, NOW), InboundPost)


def test_schema_version_may_be_given() -> None:
    assert isinstance(read(COMMENT | {"schema_version": 1}, NOW), InboundComment)


FAR = (NOW + timedelta(hours=25)).isoformat()


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ([], "an event is a JSON object"),
        (None, "an event is a JSON object"),
        ({}, "type: one of post.observed, metrics.observed, followers.observed, comment.observed is needed"),
        (COMMENT | {"type": "comments.labelled"}, "type: one of"),
        (COMMENT | {"schema_version": 2}, "schema_version: only version 1 is known here"),
        (COMMENT | {"comment_id": 18042}, "comment_id: Input should be a valid string"),
        (COMMENT | {"comment_id": " 1"}, "comment_id: identifier with control characters"),
        (COMMENT | {"platform": "friendster"}, "platform: "),
        (COMMENT | {"created_at": "2026-11-21T02:40:11"}, "created_at: Input should have timezone info"),
        (COMMENT | {"created_at": "1999-01-01T00:00:00Z"}, "created_at: instant outside 2000-01-01"),
        (COMMENT | {"text": "x" * 10_001}, "text: String should have at most 10000 characters"),
        (COMMENT | {"text": "\ud800"}, "not representable as UTF-8 JSON"),
        (COMMENT | {"created_at": FAR}, "created_at: more than 24 hours in the future"),
        (COMMENT | {"observed_at": FAR}, "observed_at: more than 24 hours in the future"),
        (POST | {"published_at": FAR}, "published_at: more than 24 hours in the future"),
        (METRICS | {"observed_at": None}, "observed_at: "),
        (METRICS | {"likes": -1}, "likes: Input should be greater than or equal to 0"),
        (METRICS | {"likes": 1.5}, "likes: Input should be a valid integer"),
        (METRICS | {"likes": "24.1K"}, "likes: Input should be a valid integer"),
        (METRICS | {"likes": 2**70}, "not representable as UTF-8 JSON"),
    ],
)
def test_refusals_say_why(item: object, reason: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read(item, NOW)
    assert reason in str(refusal.value)
    assert len(str(refusal.value)) <= 500


def test_all_faults_of_an_item_are_told_at_once() -> None:
    with pytest.raises(Refusal, match="post_id: Field required; published_at: Field required"):
        read({"type": "post.observed", "account_id": "dinkes", "platform": "x"}, NOW)


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        (COMMENT, "comment.observed"),
        ({"type": "made up"}, "unknown"),
        ({"type": ["x"]}, "unknown"),
        (3, "unknown"),
    ],
)
def test_types_for_metrics_are_bounded(item: object, kind: str) -> None:
    assert type_of(item) == kind
