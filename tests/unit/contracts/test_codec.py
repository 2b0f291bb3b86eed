from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.contracts.codec import (
    ContractError,
    decode_account,
    decode_comment,
    decode_correction,
    decode_labelled,
    decode_post_event,
    encode,
)
from pantau.contracts.events import (
    MAX_COMMENTS_PER_BATCH,
    AccountRegistered,
    CommentObserved,
    CommentsLabelled,
    FlagReviewed,
    FollowersObserved,
    LabelCorrected,
    MetricsObserved,
    PostObserved,
)
from pantau.contracts.fields import MAX_COMMENT_CHARACTERS, MAX_COUNT
from tests.support import samples, strategies
from tests.support.samples import COMMENT, FOLLOWERS, LABELLED, POST, READING, of, without

Decode = Callable[[bytes], Any]
DECODERS = [decode_post_event, decode_comment, decode_account, decode_labelled, decode_correction]


def refusal(decode: Decode, payload: bytes) -> ContractError:
    with pytest.raises(ContractError) as caught:
        decode(payload)
    return caught.value


@given(strategies.post_events)
def test_post_events_survive_the_wire(event: PostObserved | MetricsObserved | FollowersObserved) -> None:
    assert decode_post_event(encode(event)) == event


@given(strategies.comments)
def test_comments_survive_the_wire(event: CommentObserved) -> None:
    assert decode_comment(encode(event)) == event


@given(strategies.accounts)
def test_accounts_survive_the_wire(event: AccountRegistered) -> None:
    assert decode_account(encode(event)) == event


@given(strategies.corrections)
def test_corrections_survive_the_wire(event: LabelCorrected) -> None:
    assert decode_correction(encode(event)) == event


@given(strategies.reviews)
def test_reviews_survive_the_wire(event: FlagReviewed) -> None:
    assert decode_correction(encode(event)) == event


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "guilty"},
        {"flag": "spam"},
        {"post_id": None},
        {"reviewed_by": "Ibu Sari"},
        {"reason": "x" * 201},
        {"reviewed_at": "2026-11-21T03:00:00"},
        {"type": "label.corrected"},
    ],
)
def test_reviews_that_say_too_much_or_too_little(changes: dict[str, Any]) -> None:
    assert refusal(decode_correction, of(samples.REVIEW, **changes)).reason == "invalid"


def test_a_review_has_to_say_that_it_withdraws() -> None:
    withdrawn = decode_correction(of(samples.REVIEW, verdict=None))
    assert isinstance(withdrawn, FlagReviewed)
    assert withdrawn.verdict is None
    assert refusal(decode_correction, without(samples.REVIEW, "verdict")).reason == "invalid"


@pytest.mark.parametrize(
    "changes",
    [
        {"label": "angry"},
        {"corrected_by": "Ibu Sari"},
        {"corrected_by": ""},
        {"reason": "x" * 201},
        {"corrected_at": "2026-11-21T03:00:00"},
        {"comment_id": ""},
    ],
)
def test_corrections_that_say_too_much_or_too_little(changes: dict[str, Any]) -> None:
    assert refusal(decode_correction, of(samples.CORRECTION, **changes)).reason == "invalid"


def test_a_correction_has_to_say_that_it_withdraws() -> None:
    withdrawn = decode_correction(of(samples.CORRECTION, label=None))
    assert isinstance(withdrawn, LabelCorrected)
    assert withdrawn.label is None
    assert refusal(decode_correction, without(samples.CORRECTION, "label")).reason == "invalid"


@given(strategies.batches)
def test_labelled_batches_survive_the_wire(event: CommentsLabelled) -> None:
    assert decode_labelled(encode(event)) == (list(event.comments), [])


@pytest.mark.parametrize("decode", DECODERS)
@pytest.mark.parametrize("payload", [b"", b"{", b"\xff\xfe", b"nonsense"])
def test_bytes_that_are_no_json(decode: Decode, payload: bytes) -> None:
    assert refusal(decode, payload).reason == "not_json"


@pytest.mark.parametrize("decode", DECODERS)
@pytest.mark.parametrize("payload", [b"[]", b"null", b"1", b'"text"', b"{}"])
def test_json_that_is_no_event(decode: Decode, payload: bytes) -> None:
    assert refusal(decode, payload).reason == "invalid"


@pytest.mark.parametrize("decode", DECODERS)
@given(payload=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(decode: Decode, payload: bytes) -> None:
    refusal(decode, payload)


@pytest.mark.parametrize(
    ("decode", "sample"),
    [
        (decode_post_event, POST),
        (decode_post_event, READING),
        (decode_post_event, FOLLOWERS),
        (decode_comment, COMMENT),
        (decode_account, samples.ACCOUNT),
        (decode_labelled, samples.BATCH),
    ],
)
@pytest.mark.parametrize("version", [0, 2, 99, "1"])
def test_version_that_is_not_known(decode: Decode, sample: dict[str, Any], version: object) -> None:
    assert refusal(decode, of(sample, schema_version=version)).reason == "unknown_version"


def test_version_left_out_is_the_first() -> None:
    assert decode_post_event(without(POST, "schema_version")).schema_version == 1


@pytest.mark.parametrize("kind", ["comment.observed", "post.deleted", "", None, 1])
def test_type_of_another_topic_is_refused(kind: object) -> None:
    assert refusal(decode_post_event, of(POST, type=kind)).reason == "invalid"


@pytest.mark.parametrize(
    "changes",
    [
        {"followers": "5"},
        {"followers": 5.0},
        {"followers": 5.5},
        {"followers": True},
        {"followers": None},
        {"followers": -1},
        {"followers": MAX_COUNT + 1},
        {"simulated": "yes"},
        {"simulated": 1},
        {"account_id": 7},
        {"account_id": ""},
        {"account_id": "a" * 129},
        {"account_id": " dinkes"},
        {"account_id": "din\nkes"},
        {"platform": "myspace"},
        {"platform": "Instagram"},
    ],
)
def test_wrong_value_is_refused_and_named(changes: dict[str, Any]) -> None:
    error = refusal(decode_post_event, of(FOLLOWERS, **changes))
    assert error.reason == "invalid"
    assert next(iter(changes)) in str(error)


@pytest.mark.parametrize(
    "instant",
    [
        "2026-11-21T03:00:00",
        "2026-11-21",
        "yesterday",
        "1999-12-31T23:59:59Z",
        "2100-01-01T00:00:00Z",
        1_790_000_000,
        None,
    ],
)
def test_instant_without_an_offset_or_a_meaning_is_refused(instant: object) -> None:
    assert "observed_at" in str(refusal(decode_post_event, of(FOLLOWERS, observed_at=instant)))


def test_instants_are_kept_in_utc() -> None:
    event = decode_post_event(of(FOLLOWERS, observed_at="2026-11-21T10:00:00+07:00"))
    assert event.observed_at.isoformat() == "2026-11-21T03:00:00+00:00"


def test_every_fault_is_told() -> None:
    error = refusal(decode_post_event, of(FOLLOWERS, followers=-1, platform="myspace", simulated="no"))
    assert all(name in str(error) for name in ("followers", "platform", "simulated"))


def test_count_that_was_not_given_is_no_zero() -> None:
    event = decode_post_event(of(READING))
    assert isinstance(event, MetricsObserved)
    assert (event.views, event.likes, event.comments) == (10, None, None)


def test_longest_text_passes_and_one_more_character_does_not() -> None:
    assert decode_comment(of(COMMENT, text="é" * MAX_COMMENT_CHARACTERS))
    assert "text" in str(refusal(decode_comment, of(COMMENT, text="é" * (MAX_COMMENT_CHARACTERS + 1))))


@pytest.mark.parametrize("field", ["text", "comment_id", "account_id", "post_id"])
def test_lone_surrogate_is_refused(field: str) -> None:
    """Legal in JSON's escapes, but no UTF-8 sink could store it."""
    payload = of(COMMENT, **{field: "PLACE"}).replace(b"PLACE", b"half \\ud83d emoji")
    assert refusal(decode_comment, payload).reason in ("invalid", "not_json")


def test_lone_surrogate_spoils_only_its_comment() -> None:
    broken = of(LABELLED, text="PLACE").replace(b"PLACE", b"\\ud83d").decode()
    payload = (
        f'{{"type":"comments.labelled","account_id":"dinkes","comments":[{of(LABELLED).decode()},{broken}]}}'
    )
    with pytest.raises(ContractError) as caught:
        decode_labelled(payload.encode())
    assert caught.value.reason == "not_json"


@pytest.mark.parametrize("author", ["budi", "@budi", "A" * 64, "a" * 63, ""])
def test_author_that_is_no_pseudonym_is_refused(author: str) -> None:
    assert "author" in str(refusal(decode_comment, of(COMMENT, author=author)))


def test_unknown_fields_are_dropped() -> None:
    event = decode_comment(of(COMMENT, username="budi", profile={"phone": "0812"}))
    assert event == decode_comment(of(COMMENT))
    assert b"budi" not in encode(event)


def test_label_is_needed_unless_deleted() -> None:
    good, bad = decode_labelled(of(samples.BATCH, comments=[LABELLED | {"label": None, "deleted": True}]))
    assert (len(good), bad) == (1, [])
    good, bad = decode_labelled(of(samples.BATCH, comments=[LABELLED | {"label": None}]))
    assert (good, len(bad)) == ([], 1)


def test_bad_comments_leave_the_good_ones_and_tell_their_places() -> None:
    members = [
        LABELLED | {"comment_id": "c0"},
        LABELLED | {"label": "angry"},
        LABELLED | {"comment_id": "c2"},
        LABELLED | {"account_id": "disdik"},
        "no object",
        LABELLED | {"schema_version": 2},
    ]
    good, bad = decode_labelled(of(samples.BATCH, comments=members))
    assert [comment.comment_id for comment in good] == ["c0", "c2"]
    assert [(each.position, each.error.reason) for each in bad] == [
        (1, "invalid"),
        (3, "invalid"),
        (4, "invalid"),
        (5, "unknown_version"),
    ]
    assert [orjson.loads(each.payload) for each in bad] == [members[i] for i in (1, 3, 4, 5)]


@pytest.mark.parametrize(
    "changes",
    [
        {"comments": []},
        {"comments": None},
        {"comments": {}},
        {"comments": [LABELLED] * (MAX_COMMENTS_PER_BATCH + 1)},
        {"account_id": None},
        {"type": "comment.observed"},
    ],
)
def test_batch_that_is_broken_as_a_whole_is_refused_as_a_whole(changes: dict[str, Any]) -> None:
    assert refusal(decode_labelled, of(samples.BATCH, **changes)).reason == "invalid"


@pytest.mark.parametrize("depth", [100, 220, 300, 1_000, 100_000])
def test_nesting_of_any_depth_is_refused(depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    member = of(LABELLED, label="PLACE").replace(b'"PLACE"', nested)
    try:
        good, bad = decode_labelled(of(samples.BATCH, comments=["PLACE"]).replace(b'"PLACE"', member))
    except ContractError:
        return
    assert (good, [each.position for each in bad]) == ([], [0])


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1.5", b"-0.1", b"null"])
def test_probability_that_is_none_is_refused(number: bytes) -> None:
    """JSON knows no NaN, but parsers take it."""
    sure = {"negative": 0.1, "neutral": 0.2, "positive": 0.7}
    batch = of(samples.BATCH, comments=[LABELLED | {"probabilities": sure | {"neutral": "PLACE"}}])
    broken = batch.replace(b'"PLACE"', number)
    try:
        good, _ = decode_labelled(broken)
    except ContractError:
        good = []
    assert not good


def test_bad_account_of_a_batch_lets_no_comment_through() -> None:
    odd = {"account_id": " dinkes"}
    good, bad = decode_labelled(of(samples.BATCH, **odd, comments=[LABELLED | odd, LABELLED]))
    assert (good, len(bad)) == ([], 2)
