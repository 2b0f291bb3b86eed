import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.places import ROOT
from pantau.contracts.fields import Platform
from pantau.score.rules import Metric, Normaliser, Rules, RulesError, load_rules

GOOD: dict[str, Any] = {
    "version": "test",
    "weights": {"views": 0.1, "posts": 0.2, "comments": 0.4, "likes": 0.3},
    "platforms": {platform.value: 1.0 for platform in Platform},
}


def refused(content: str | dict[str, Any], folder: Path) -> str:
    file = folder / "rules.yaml"
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    with pytest.raises(RulesError) as caught:
        load_rules(file)
    assert str(file) in str(caught.value)
    return str(caught.value)


def test_shipped_rules_are_the_clients() -> None:
    rules = load_rules(ROOT / "deploy/scoring/rules.yaml")
    assert rules.weights == {Metric.VIEWS: 0.1, Metric.POSTS: 0.2, Metric.COMMENTS: 0.4, Metric.LIKES: 0.3}
    assert rules.normaliser is Normaliser.LOG_WINSOR
    assert (rules.max_comments_per_author_and_post, rules.max_posts_per_day) == (3, 5)
    assert rules.minimum_completeness == 0.7
    assert (rules.minimum_posts, rules.minimum_followers, rules.peer_groups) == (4, 100, {})


def test_guards_have_defaults() -> None:
    assert Rules.model_validate(GOOD).max_posts_per_day == 5


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"weights": GOOD["weights"] | {"views": 0.2}}, "add up to 1.1"),
        ({"weights": {"views": 0.5, "posts": 0.5}}, "weights.likes: missing"),
        ({"weights": GOOD["weights"] | {"views": -0.1}}, "weights.views"),
        ({"weights": GOOD["weights"] | {"shares": 0.0}}, "weights.shares"),
        ({"platforms": {"instagram": 1}}, "platforms.facebook: missing"),
        ({"platforms": GOOD["platforms"] | {"myspace": 1}}, "platforms.myspace"),
        ({"platforms": GOOD["platforms"] | {"x": -1}}, "platforms.x"),
        ({"normaliser": "z_score"}, "normaliser"),
        ({"version": ""}, "version"),
        ({"max_posts_per_day": 0}, "max_posts_per_day"),
        ({"minimum_completeness": 1.5}, "minimum_completeness"),
        ({"max_post_per_day": 3}, "max_post_per_day: no rule has this name"),
        ({"minimum_posts": -1}, "minimum_posts"),
        ({"minimum_followers": 0}, "minimum_followers"),
        ({"minimum_completeness": float("nan")}, "minimum_completeness"),
        ({"platforms": dict.fromkeys(GOOD["platforms"], 0)}, "platforms: every platform has weight 0"),
        ({"flags": {"typo": 1}}, "flags.typo: no rule has this name"),
        ({"peer_groups": {"rs": {}}}, "peer_groups: rs: no kinds and no accounts"),
        ({"peer_groups": {"rs": {"kinds": ["clinic"]}}}, "peer_groups.rs.kinds.0"),
        ({"peer_groups": {"": {"kinds": ["opd"]}}}, "peer_groups"),
        ({"peer_groups": {"rs": {"akun": ["a"]}}}, "peer_groups.rs.akun: no rule has this name"),
        ({"peer_groups": {"rs": {"accounts": ["a", "a"]}}}, "account a is named 2 times"),
        (
            {"peer_groups": {"rs": {"kinds": ["opd"]}, "x": {"kinds": ["opd"]}}},
            "kind opd is named 2 times",
        ),
    ],
)
def test_fault_is_told_by_its_name(change: dict[str, Any], told: str, tmp_path: Path) -> None:
    assert told in refused(GOOD | change, tmp_path)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    told = refused(GOOD | {"normaliser": "z", "max_posts_per_day": 0, "typo": 1}, tmp_path)
    assert all(name in told for name in ("normaliser", "max_posts_per_day", "typo"))


def test_faults_stand_one_on_a_line(tmp_path: Path) -> None:
    faulty = yaml.safe_dump(GOOD | {"peer_groups": {"a": {}, "b": {"kinds": ["opd", "opd"]}}, "typo": 1})
    file, *faults = refused(faulty + "version: again\n", tmp_path).splitlines()
    assert file.endswith("rules.yaml:")
    assert [fault.strip() for fault in faults] == [
        "version: named twice, again on line 20",
        "peer_groups: a: no kinds and no accounts",
        "peer_groups: kind opd is named 2 times",
        "typo: no rule has this name",
    ]


def test_a_name_that_stands_twice_is_a_fault(tmp_path: Path) -> None:
    """YAML would keep the second one and say nothing."""
    group = "peer_groups:\n  rs:\n    kinds: [hospital]\n  rs:\n    kinds: [opd]\n"
    assert "rs: named twice, again on line" in refused(yaml.safe_dump(GOOD) + group, tmp_path)


def test_groups() -> None:
    groups = {"rs": {"kinds": ["hospital"]}, "besar": {"accounts": ["dinkes", "rsud"]}}
    rules = Rules.model_validate(GOOD | {"peer_groups": groups})
    assert rules.group_of("rsud-kota", "hospital") == "rs"
    assert rules.group_of("rsud", "hospital") == "besar"  # by name before by kind
    assert rules.group_of("dispora", "opd") == ""


def test_guards_are_what_buckets_have_in_them() -> None:
    rules = Rules.model_validate(GOOD)
    for name, value, in_buckets in (
        ("max_posts_per_day", 9, True),
        ("max_comments_per_author_and_post", 9, True),
        ("minimum_posts", 9, False),
        ("normaliser", "percentile", False),
    ):
        changed = Rules.model_validate(GOOD | {name: value})
        assert (changed.counting_rules != rules.counting_rules) == in_buckets, name
    assert json.loads(json.dumps(rules.counting_rules)) == rules.counting_rules


@pytest.mark.parametrize("content", ["", "[]", "weights: [", "just text", "version: 1"])
def test_file_that_is_no_rule_file(content: str, tmp_path: Path) -> None:
    refused(content, tmp_path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="nowhere"):
        load_rules(tmp_path / "nowhere.yaml")


@given(st.lists(st.integers(0, 1000), min_size=4, max_size=4).filter(any))
def test_any_shares_of_a_whole_are_weights(parts: list[int]) -> None:
    weights = {metric: part / sum(parts) for metric, part in zip(Metric, parts, strict=True)}
    assert Rules.model_validate(GOOD | {"weights": weights})
