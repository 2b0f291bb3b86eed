"""Events to rows: each value under its own column."""

from typing import Any

import pytest

from pantau.contracts import codec
from pantau.contracts.precedence import precedence
from pantau.score.facts import COLUMNS, facts
from pantau.score.fingerprints import fingerprint
from tests.support import samples
from tests.support.samples import of


def rows(event: Any) -> dict[str, dict[str, Any]]:
    """The event's only row in each of its tables, by column."""
    found = {}
    for table, [row] in facts([event]).rows.items():
        found[table] = dict(zip(COLUMNS[table], row, strict=True))
    return found


EVENTS = [
    codec.decode_account(of(samples.ACCOUNT)),
    codec.decode_post_event(of(samples.POST)),
    codec.decode_post_event(of(samples.READING)),
    codec.decode_post_event(of(samples.FOLLOWERS)),
    codec.decode_labelled(of(samples.BATCH))[0][0],
    codec.decode_correction(of(samples.CORRECTION)),
    codec.decode_correction(of(samples.REVIEW)),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_every_column_holds_the_field_of_its_name(event: Any) -> None:
    for row in rows(event).values():
        assert row["version"] == precedence(event)
        for column in set(row) & set(type(event).model_fields):
            said = getattr(event, column)
            assert row[column] == said or (said is None and row[column] == "")


def test_a_count_that_was_not_given_stays_none() -> None:
    reading = codec.decode_post_event(of(samples.READING))
    assert rows(reading)["metric_readings"]["likes"] is None


def test_a_comment_has_its_probabilities_and_its_print() -> None:
    given = {"negative": 0.25, "neutral": 0.0, "positive": 0.75}
    said = samples.LABELLED | {"probabilities": given}
    row = rows(codec.decode_labelled(of(samples.BATCH, comments=[said]))[0][0])["comments"]
    assert {name: row[name] for name in given} == given
    assert (row["text_print"], row["words"]) == fingerprint("Mantap")
