"""Schemas of docs/reference/events against the code, and the examples of events.md against both."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pantau.contracts import codec
from pantau.contracts.events import DeadLetter, DeadLetterDecided, ScoreChanged
from pantau.contracts.schema import EVENTS, schemas
from tests.support.code import ROOT

FOLDER = ROOT / "docs" / "reference" / "events"
TYPES = [event.model_fields["type"].default for event in EVENTS]


def examples() -> dict[str, dict[str, Any]]:
    blocks = re.findall(
        r"```json\n(.*?)```", (ROOT / "docs/reference/events.md").read_text(encoding="utf-8"), re.DOTALL
    )
    return {event["type"]: event for event in map(json.loads, blocks)}


def validator(kind: str) -> Draft202012Validator:
    schema = json.loads((FOLDER / f"{kind}.v1.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_schema_files_are_current() -> None:
    """If not: `python -m pantau.contracts.schema`. A change that old readers could misread is version 2."""
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert written == schemas()


def test_every_event_has_one_example() -> None:
    assert sorted(examples()) == sorted(TYPES)


@pytest.mark.parametrize("kind", TYPES)
def test_example_fits_its_schema(kind: str) -> None:
    faults = [error.message for error in validator(kind).iter_errors(examples()[kind])]
    assert not faults


@pytest.mark.parametrize("kind", TYPES)
def test_example_is_read_by_the_code(kind: str) -> None:
    payload = json.dumps(examples()[kind]).encode()
    match kind:
        case "account.registered":
            codec.decode_account(payload)
        case "comment.observed":
            codec.decode_comment(payload)
        case "comments.labelled":
            good, bad = codec.decode_labelled(payload)
            assert good
            assert not bad
        case "label.corrected" | "flag.reviewed":
            codec.decode_correction(payload)
        case "score.changed":
            ScoreChanged.model_validate_json(payload)
        case "dead.letter":
            DeadLetter.model_validate_json(payload)
        case "dead.letter.decided":
            DeadLetterDecided.model_validate_json(payload)
        case _:
            codec.decode_post_event(payload)


@pytest.mark.parametrize("kind", TYPES)
def test_schema_tells_wrong_from_right(kind: str) -> None:
    wrong = examples()[kind] | {"schema_version": 2}
    assert list(validator(kind).iter_errors(wrong))
    assert list(validator(kind).iter_errors({}))


@pytest.mark.parametrize("event", EVENTS)
def test_instants_and_counts_are_named_for_what_they_are(event: type) -> None:
    fields: dict[str, Any] = event.model_fields  # type: ignore[attr-defined]
    for name, field in fields.items():
        is_instant = "datetime" in str(field.annotation).lower()
        assert is_instant == (name == "at" or name.endswith("_at")), name
