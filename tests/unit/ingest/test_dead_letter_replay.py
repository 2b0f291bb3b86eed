"""What the bytes of a dead letter become when they are sent again, and what is known of each letter."""

import base64
import io
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pantau.contracts import topics
from pantau.contracts.codec import ContractError, decode_labelled
from pantau.contracts.events import DeadLetterDecided
from pantau.runtime.dead_letters import Origin, dead_letter
from services.ingest.deadletters import telling
from services.ingest.deadletters.letters import (
    Letter,
    LetterFilter,
    ReplayError,
    decision,
    letters,
    place_of,
    replayed,
)
from tests.support import samples
from tests.support.samples import of

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
NESTED = orjson.loads("[" * 253 + "]" * 253)  # with an object around it orjson can just write it


def stored(payload: bytes, origin: Origin, reason: str = "invalid", now: datetime = NOW) -> bytes:
    """As a service writes it."""
    return dead_letter("scoring", ContractError(reason, "why"), payload, origin, lambda: now).value


def letter(payload: bytes, topic: str = topics.COMMENTS, position: int | None = None) -> Letter:
    ((one,), _) = letters([((0, 17), stored(payload, Origin(topic, 3, 42, position)))], [])
    return one


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        (topics.POSTS, of(samples.POST)),
        (topics.POSTS, of(samples.READING)),
        (topics.POSTS, of(samples.FOLLOWERS)),
        (topics.COMMENTS, of(samples.COMMENT)),
        (topics.LABELLED, of(samples.BATCH)),
        (topics.ACCOUNTS, of(samples.ACCOUNT)),
        (topics.CORRECTIONS, of(samples.CORRECTION)),
    ],
)
def test_bytes_go_to_their_topic_as_they_were_under_their_account(topic: str, payload: bytes) -> None:
    record = replayed(letter(payload, topic))
    assert (record.topic, record.key, record.value) == (topic, b"dinkes", payload)


def test_member_of_a_batch_becomes_a_batch_of_its_account() -> None:
    member = of(samples.LABELLED)
    record = replayed(letter(member, topics.LABELLED, position=7))
    good, bad = decode_labelled(record.value)
    assert (record.topic, record.key, bad) == (topics.LABELLED, b"dinkes", [])
    assert [comment.comment_id for comment in good] == ["c1"]


@pytest.mark.parametrize(
    ("topic", "payload", "position", "why"),
    [
        (topics.COMMENTS, b"\xff not json", None, "it would fail again, not_json"),
        (topics.COMMENTS, b"", None, "it would fail again, not_json"),
        (topics.COMMENTS, of(samples.COMMENT, schema_version=2), None, "unknown_version"),
        (topics.COMMENTS, of(samples.COMMENT, text=5), None, "it would fail again, invalid: text"),
        (topics.LABELLED, of(samples.LABELLED, label="angry"), 0, "it would fail again, invalid: label"),
        (topics.LABELLED, b"[1, 2]", 0, "names no account"),
        (topics.LABELLED, of(samples.LABELLED, x=NESTED), 0, "it is nested too deeply"),
        (topics.SCORES, of(samples.COMMENT), None, "nobody reads events from social.scores"),
        ("elsewhere", of(samples.COMMENT), None, "nobody reads events from elsewhere"),
    ],
)
def test_what_would_fail_again_is_told_instead(
    topic: str, payload: bytes, position: int | None, why: str
) -> None:
    with pytest.raises(ReplayError, match=why):
        replayed(letter(payload, topic, position))


def test_unreadable_bytes_go_back_to_their_topic_when_told_to() -> None:
    record = replayed(letter(b"\xff not json"), unread=True)
    assert (record.topic, record.key, record.value) == (topics.COMMENTS, None, b"\xff not json")
    newer = replayed(letter(of(samples.COMMENT, schema_version=2)), unread=True)
    assert newer.key == b"dinkes"


def test_compacted_topic_gets_nothing_without_a_key() -> None:
    with pytest.raises(ReplayError, match="compacted"):
        replayed(letter(b"{}", topics.ACCOUNTS), unread=True)


def test_letters_are_newest_first_with_their_latest_decision() -> None:
    origin = Origin(topics.COMMENTS, 0, 1)
    held = [((0, n), stored(b"{}", origin, now=NOW + timedelta(minutes=n))) for n in range(3)]
    first, second = letters(held, [])[0][:2]
    decisions = [
        ((0, 0), decision(first, "replayed", "humas", "", NOW + timedelta(hours=2)).value),
        ((0, 1), decision(first, "dropped", "humas", "tua", NOW + timedelta(hours=1)).value),
        ((0, 2), decision(second, "dropped", "humas", "rusak", NOW).value),
        ((0, 3), b"{}"),
    ]
    found, strange = letters([*held, ((0, 9), b"no letter")], decisions)
    assert [each.number for each in found] == ["0-2", "0-1", "0-0"]
    assert [each.decided and each.decided.decision for each in found] == ["replayed", "dropped", None]
    assert strange == [(0, 9)]


def test_decision_is_of_the_letter_that_stood_there_when_it_was_made() -> None:
    before, after = (
        letters([((0, 0), stored(b"{}", Origin(topics.COMMENTS, 0, 1), now=now))], [])[0][0]
        for now in (NOW, NOW + timedelta(days=40))
    )
    slow_clock = decision(before, "dropped", "humas", "rusak", NOW - timedelta(minutes=2))
    for one, decided in ((before, True), (after, False)):
        content = stored(b"{}", Origin(topics.COMMENTS, 0, 1), now=one.told.failed_at)
        ((found,), _) = letters([((0, 0), content)], [((0, 5), slow_clock.value)])
        assert (found.decided is not None) == decided


def test_decision_says_who_when_and_why_under_the_letters_number() -> None:
    record = decision(letter(b"{}"), "dropped", "humas", "uji coba", NOW)
    event = DeadLetterDecided.model_validate_json(record.value)
    assert (record.topic, record.key) == (topics.DEAD_LETTER_DECISIONS, b"0-17")
    assert (event.partition, event.offset, event.decision) == (0, 17, "dropped")
    assert (event.decided_by, event.reason, event.decided_at) == ("humas", "uji coba", NOW)


@given(st.tuples(st.integers(0, 99), st.integers(0, 2**62)))
def test_numbers_name_places(place: tuple[int, int]) -> None:
    assert place_of(f"{place[0]}-{place[1]}") == place


@pytest.mark.parametrize("number", ["", "17", "0-", "-17", "a-b", "0-17-1", "0--1"])
def test_other_words_name_none(number: str) -> None:
    with pytest.raises(ValueError, match="no number of a letter"):
        place_of(number)


def test_letters_are_chosen_by_reason_service_and_time() -> None:
    one = letter(b"{}")
    assert LetterFilter().fits(one)
    assert LetterFilter("invalid", "scoring", NOW).fits(one)
    assert not LetterFilter(reason="not_json").fits(one)
    assert not LetterFilter(service="sentiment").fits(one)
    assert not LetterFilter(since=NOW + timedelta(seconds=1)).fits(one)


@given(st.binary(max_size=200))
def test_bytes_are_shown_so_that_no_terminal_obeys_them(payload: bytes) -> None:
    text = telling.content(payload)
    assert all(character.isprintable() or character in "\n\t" for character in text)
    if text.encode() != payload:
        assert bytes.fromhex(text.replace("\n", " ")) == payload


def test_markup_and_control_characters_of_strangers_are_text() -> None:
    told = orjson.loads(stored(b"[red]x", Origin(topics.COMMENTS, 3, 42)))
    told |= {"detail": "[bold]\x1b[2J", "service": "[red]"}
    ((one,), _) = letters([((0, 1), orjson.dumps(told))], [])
    screen = io.StringIO()
    telling.tell_letter(Console(file=screen, width=100), one)
    telling.tell_list(Console(file=screen, width=200), [one], [one], 1)
    assert "[bold]\ufffd[2J" in screen.getvalue()
    assert screen.getvalue().count("[red]") == 3
    assert "\x1b" not in screen.getvalue()
    assert base64.b64decode(told["payload_base64"]) == b"[red]x"
