"""The flags section of the rule file."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from pantau.score.flag_rules import FlagRules
from pantau.score.rules import Rules

RULES_FILE = Path("deploy/scoring/rules.yaml")


def test_the_shipped_file_says_what_holds_without_it() -> None:
    given: dict[str, Any] = yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))
    assert FlagRules.model_validate(given["flags"]) == FlagRules()


def test_every_fault_is_told_at_once() -> None:
    wrong = {
        "copied_text": {"authors": 1, "words": 0, "discount": "maybe"},
        "one_word": {"share": 1.5, "coments": 3},
        "new_authors": {"minutes": 0},
        "new_author": {},
    }
    with pytest.raises(ValidationError) as refused:
        FlagRules.model_validate(wrong)
    told = {".".join(str(part) for part in fault["loc"]) for fault in refused.value.errors()}
    assert told == {
        *("copied_text.authors", "copied_text.words", "copied_text.discount"),
        *("one_word.share", "one_word.coments", "new_authors.minutes", "new_author"),
    }


@pytest.mark.parametrize("share", [0.80001, 0.0, float("nan")])
def test_a_share_that_counts_cannot_be_compared_with_is_refused(share: float) -> None:
    with pytest.raises(ValidationError):
        FlagRules.model_validate({"one_word": {"share": share}})


def test_what_is_only_listed_is_in_no_bucket() -> None:
    rules = Rules.model_validate(yaml.safe_load(RULES_FILE.read_text(encoding="utf-8")))
    kept = rules.counting_rules["flags"]
    assert set(kept) == {"copied_text", "one_word"}
    assert kept["one_word"] == {"comments": 30, "share": 0.8, "discount": False}
