import base64
from datetime import UTC, datetime

from pantau.contracts import topics
from pantau.contracts.codec import ContractError
from pantau.contracts.events import DeadLetter
from pantau.runtime import metrics
from pantau.runtime.dead_letters import MAX_DETAIL_CHARACTERS, Origin, dead_letter

AT = datetime(2026, 11, 21, 3, tzinfo=UTC)
BROKEN = b'\xff{"half'


def letter_of(error: ContractError, origin: Origin) -> tuple[bytes | None, DeadLetter]:
    record = dead_letter("scoring", error, BROKEN, origin, lambda: AT)
    assert record.topic == topics.DEAD_LETTERS
    return record.key, DeadLetter.model_validate_json(record.value)


def test_letter_holds_the_bytes_the_reason_and_the_origin() -> None:
    key, letter = letter_of(ContractError("not_json", "no end"), Origin("social.posts", 3, 42))
    assert base64.b64decode(letter.payload_base64) == BROKEN
    assert (letter.service, letter.reason, letter.detail) == ("scoring", "not_json", "no end")
    assert (letter.topic, letter.partition, letter.offset, letter.position) == ("social.posts", 3, 42, None)
    assert letter.failed_at == AT
    assert key == b"social.posts/3/42/0"


def test_members_of_one_message_have_keys_of_their_own() -> None:
    origins = [Origin("social.comments.labelled", 0, 7, position) for position in range(3)]
    assert len({letter_of(ContractError("invalid", "x"), origin)[0] for origin in origins}) == 3


def test_endless_detail_is_cut() -> None:
    _, letter = letter_of(ContractError("invalid", "x" * 100_000), Origin("t", 0, 0))
    assert len(letter.detail) == MAX_DETAIL_CHARACTERS


def test_letters_are_counted_by_service_and_reason() -> None:
    counter = metrics.DEAD_LETTERS.labels("scoring", "unknown_version")
    before = counter._value.get()
    letter_of(ContractError("unknown_version", "2"), Origin("t", 0, 0))
    assert counter._value.get() == before + 1
