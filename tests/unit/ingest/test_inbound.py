from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pantau.contracts.events import CommentObserved, FollowersObserved, MetricsObserved, PostObserved
from services.ingest.events.inbound import InboundComment, InboundPost, Refusal, read, type_of, unknown_fields
from services.ingest.events.normalise import AnyObserved, normalise
from services.ingest.events.pseudonym import pseudonym

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


def taken(item: dict[str, Any]) -> AnyObserved:
    return normalise(read(item, NOW).event, NOW, KEY)


def test_comment_becomes_a_pseudonym_and_a_masked_text() -> None:
    event = taken(COMMENT | {"author_id": "42", "username": "budi", "author": "Budi"})
    assert isinstance(event, CommentObserved)
    assert event.author == pseudonym(KEY, "instagram", "42")
    assert event.text == "mantap [akun]"
    assert event.received_at == NOW
    assert "udi" not in event.model_dump_json()


def test_comment_without_author_has_no_pseudonym() -> None:
    event = taken(COMMENT)
    assert isinstance(event, CommentObserved)
    assert event.author is None


def test_observed_at_defaults_to_when_it_was_written() -> None:
    comment, post = taken(COMMENT), taken(POST)
    assert isinstance(comment, CommentObserved)
    assert isinstance(post, PostObserved)
    assert comment.observed_at == comment.created_at
    assert post.observed_at == post.published_at == datetime(2026, 11, 21, 2, 15, tzinfo=UTC)


def test_given_observed_at_is_kept() -> None:
    event = taken(COMMENT | {"observed_at": "2026-11-21T03:00:00Z"})
    assert event.observed_at == datetime(2026, 11, 21, 3, tzinfo=UTC)


def test_received_at_of_the_sender_is_not_believed() -> None:
    assert taken(POST | {"received_at": "2001-01-01T00:00:00Z"}).received_at == NOW


def test_text_of_a_post_is_masked_and_its_permalink_kept() -> None:
    permalink = "https://x.com/dinkes/status/1"
    event = taken(POST | {"text": "hub 081234567890", "permalink": permalink})
    assert isinstance(event, PostObserved)
    assert (event.text, event.permalink) == ("hub [telepon]", permalink)


def test_counts_that_were_not_given_are_unknown() -> None:
    event = taken(METRICS | {"likes": 0, "saves": None})
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
    event = taken(item)
    assert isinstance(event, FollowersObserved)
    assert event.followers == 812


def test_deleted_comment_needs_no_text() -> None:
    item = {key: value for key, value in COMMENT.items() if key != "text"}
    event = taken(item | {"deleted": True})
    assert isinstance(event, CommentObserved)
    assert (event.text, event.deleted) == ("", True)
    with pytest.raises(Refusal, match="text: needed unless the comment is deleted"):
        read(item, NOW)


def test_masking_never_exceeds_the_limit() -> None:
    event = taken(COMMENT | {"text": "@a " * 3_333})
    assert isinstance(event, CommentObserved)
    assert len(event.text) == 10_000


def test_near_future_is_tolerated() -> None:
    assert isinstance(read(POST | {"published_at": "2026-11-22T11:59:00Z"}, NOW).event, InboundPost)


def test_schema_version_may_be_given() -> None:
    assert isinstance(read(COMMENT | {"schema_version": 1}, NOW).event, InboundComment)


FAR = (NOW + timedelta(hours=25)).isoformat()


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ([], "an event is a JSON object"),
        (None, "an event is a JSON object"),
        ({}, "type: one of post.observed, metrics.observed, followers.observed, comment.observed is needed"),
        (COMMENT | {"type": "comments.labelled"}, "type: one of"),
        (COMMENT | {"schema_version": 2}, "schema_version: only version 1 is known here"),
        (COMMENT | {"comment_id": "1.79E+16"}, "comment_id: '1.79E+16' is no id: a spreadsheet"),
        (COMMENT | {"comment_id": "1,79E+16"}, "export it again with this column as text"),
        (COMMENT | {"comment_id": 1.79e16}, "comment_id: '1.79e+16' is no id: a spreadsheet"),
        (
            COMMENT | {"comment_id": 17841405793822484},
            "'17841405793822484' is no id: JSON numbers",
        ),
        (COMMENT | {"post_id": "17900000000000000"}, "post_id: '17900000000000000' ends in zeros"),
        (COMMENT | {"comment_id": "a\x00b"}, "comment_id: identifier with control characters"),
        (COMMENT | {"comment_id": None}, "comment_id: not given, but needed"),
        (COMMENT | {"created_at": "N/A"}, "created_at: not given, but needed"),
        (COMMENT | {"platform": "threads"}, "platform: 'threads' is not one of the platforms watched here"),
        (COMMENT | {"by_account": "mungkin"}, "by_account: 'mungkin' is neither true nor false"),
        (COMMENT | {"platform": "friendster"}, "platform: "),
        (COMMENT | {"created_at": "2026-11-21T02:40:11"}, "created_at: '2026-11-21T02:40:11' says no zone"),
        (
            COMMENT | {"created_at": "1999-01-01T00:00:00Z"},
            "is outside 2000 to 2100",
        ),
        (COMMENT | {"text": "x" * 10_001}, "text: String should have at most 10000 characters"),
        (COMMENT | {"text": "\ud800"}, "not representable as UTF-8 JSON"),
        (COMMENT | {"created_at": FAR}, "created_at: more than 24 hours in the future"),
        (COMMENT | {"observed_at": FAR}, "observed_at: more than 24 hours in the future"),
        (POST | {"published_at": FAR}, "published_at: more than 24 hours in the future"),
        (METRICS | {"observed_at": None}, "observed_at: not given, but needed"),
        (METRICS | {"likes": -2}, "likes: '-2' is not a whole number"),
        (METRICS | {"likes": 1.5}, "likes: '1.5' is not a whole number"),
        (METRICS | {"likes": "12.000"}, "likes: '12.000' may be 12000 or 12.000"),
        (METRICS | {"likes": "2M"}, "likes: '2M': M may be a million or a miliar"),
        (COMMENT | {"created_at": 46350.5}, "created_at: '46350.5' is no time"),
        (COMMENT | {"created_at": "03/04/2026 10.00 WIB"}, "may be day/month or month/day"),
        (METRICS | {"likes": 2**70}, "not representable as UTF-8 JSON"),
    ],
)
def test_refusals_say_why(item: object, reason: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read(item, NOW)
    assert reason in str(refusal.value)
    assert len(str(refusal.value)) <= 500


@pytest.mark.parametrize("missing", ["", " ", "NaN", "N/A", None])
def test_field_that_is_not_needed_may_be_given_as_nothing(missing: object) -> None:
    event = taken(COMMENT | {"parent_id": missing, "post_id": missing, "observed_at": missing})
    assert isinstance(event, CommentObserved)
    assert (event.parent_id, event.post_id, event.observed_at) == (None, None, event.created_at)


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


@pytest.mark.parametrize(
    "author",
    [
        *(
            "Budi Santoso",
            "Ibu Sri 👩‍⚕️",
            "Keluarga 👨‍👩‍👧",
            "Pak Andi 🇮🇩",
            "أحمد",
            "Dewi 🫨",
            "Rina \U0001fae9",
        ),
        *("می\u200cخواهم", "A\u00a0B", "@warga-lampung77", "x" * 1024),
    ],
)
def test_author_of_any_name_is_hashed(author: str) -> None:
    event = taken(COMMENT | {"author_id": author})
    assert isinstance(event, CommentObserved)
    assert event.author == pseudonym(KEY, "instagram", author)


@pytest.mark.parametrize("author", [" Joko", "Joko\u200f", "\u200bJoko\u00a0", "\ufeffJoko\n"])
def test_author_is_the_same_with_invisible_marks_around_the_name(author: str) -> None:
    event = taken(COMMENT | {"author_id": author})
    assert isinstance(event, CommentObserved)
    assert event.author == pseudonym(KEY, "instagram", "Joko")


@pytest.mark.parametrize("author", ["1.79E+16", 1.79e16, 2**60, "x" * 1025, ["Budi"], "\ud800"])
def test_unreadable_author_costs_the_author_and_not_the_comment(author: object) -> None:
    found = read(COMMENT | {"author_id": author}, NOW)
    assert isinstance(found.event, InboundComment)
    assert found.event.author_id is None
    assert [note.partition(":")[0] for note in found.notes] == ["author_id"]
    assert "the comment is taken without its author" in found.notes[0]


@pytest.mark.parametrize("author", [None, "", " ", "null", "N/A", "\u200b"])
def test_author_that_was_not_given_is_no_note(author: str | None) -> None:
    found = read(COMMENT | {"author_id": author}, NOW)
    assert isinstance(found.event, InboundComment)
    assert (found.event.author_id, found.notes) == (None, ())


def test_values_are_read_as_their_writer_meant_them() -> None:
    item = METRICS | {
        "platform": "Twitter",
        "views": "1,2 rb",
        "likes": -1,
        "comments": "3.000.000",
        "shares": 7.0,
    }
    event = taken(item | {"saves": "n/a", "observed_at": 1763800000123, "simulated": "ya"})
    assert isinstance(event, MetricsObserved)
    assert (event.views, event.likes, event.comments) == (1_200, None, 3_000_000)
    assert (event.shares, event.saves) == (7, None)
    assert (event.platform, event.simulated) == ("x", True)
    assert event.observed_at == datetime(2025, 11, 22, 8, 26, 40, 123_000, tzinfo=UTC)


@pytest.mark.parametrize("instant", [1763800000, "1763800000", 1763800000000, "2025-11-22T15:26:40+07:00"])
def test_one_instant_in_every_spelling(instant: object) -> None:
    event = taken(COMMENT | {"created_at": instant, "observed_at": instant})
    assert event.observed_at == datetime(2025, 11, 22, 8, 26, 40, tzinfo=UTC)


def test_hidden_counters_were_not_given() -> None:
    event = taken(METRICS | {"likes": 3, "likes_hidden": True, "comments": 0, "comments_hidden": "true"})
    assert isinstance(event, MetricsObserved)
    assert (event.likes, event.comments) == (None, None)


def test_fields_that_no_event_has_are_named() -> None:
    named = [COMMENT | {"username": "budi", "received_at": None}, METRICS | {"text": "…"}]
    assert unknown_fields([*named, {"type": "?", "a": 1}, 3]) == ["text", "username"]
    assert len(unknown_fields([COMMENT | {f"x{i}": 1 for i in range(50)}])) == 20


@pytest.mark.parametrize(
    "long", ["1" * 1_000_001, f"{'1' * 5_000}.0", "1." * 2_000, [0] * 5_000, {"a": [0] * 5_000}]
)
@pytest.mark.parametrize(
    "event", [COMMENT | {"post_id": "1"}, POST, METRICS | {"views": 1, "likes_hidden": False}]
)
def test_value_that_no_field_holds_is_refused_in_a_short_sentence(
    event: dict[str, Any], long: object
) -> None:
    for name in event.keys() - {"text"}:
        with pytest.raises(Refusal) as refusal:
            read(event | {name: long}, NOW)
        assert str(refusal.value).startswith(f"{name}:")
        assert len(str(refusal.value)) < 200
