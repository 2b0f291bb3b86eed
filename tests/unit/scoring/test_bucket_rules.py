"""Which rules are built into buckets, and how a difference is told."""

from pathlib import Path

from pantau.score.rules import load_rules
from services.scoring.buckets.bucket_rules import Recorded, as_text, differences

RULES = load_rules(Path("deploy/scoring/rules.yaml"))


def test_each_differing_guard_has_its_line() -> None:
    other = RULES.model_copy(update={"max_posts_per_day": 9, "version": "x"})
    held = Recorded(as_text(RULES), RULES.version, rebuilding=False, rebuilt_until="")
    assert differences(held, RULES) == []
    assert differences(held, other) == [
        f"max_posts_per_day: stored 5 (rules {RULES.version}), rule file 9 (rules x)"
    ]


def test_a_guard_that_one_side_does_not_know_differs() -> None:
    held = Recorded("{}", "old", rebuilding=False, rebuilt_until="")
    lines = differences(held, RULES)
    assert any(line.startswith("flags.") and "stored nothing (rules old)" in line for line in lines)


def test_weights_are_no_guard() -> None:
    assert as_text(RULES) == as_text(RULES.model_copy(update={"weights": {}, "minimum_posts": 9}))
