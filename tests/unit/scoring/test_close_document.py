"""The official month's document: the same whatever the order, whole, honest about differences."""

import random
from datetime import date
from typing import Any

import pytest

from deploy.local.places import ROOT
from pantau.contracts.fields import Platform
from pantau.score.fact_sums import PostKey
from pantau.score.formula import Profile, Sums
from pantau.score.month_document import (
    Gathered,
    Json,
    canonical,
    digest,
    document,
    inputs_of,
    loaded,
    posts_of,
    results,
    totals,
)
from pantau.score.rules import Normaliser, Rules, load_rules
from services.scoring.close.differences import differences
from services.scoring.close.report import sensitivity

RULES = load_rules(ROOT / "deploy/scoring/rules.yaml")
OCTOBER = date(2026, 10, 1)
COUNTS = {
    "posts": {"read": 24, "deleted": 0, "counted": 24, "over_the_daily_limit": 0},
    "comments": {"read": 9, "deleted": 0, "by_the_account": 0, "counted": 9, "left_out": 0},
    "readings": {"read": 24},
}


def gathered(seed: int = 1, **changed: Any) -> Gathered:
    dice = random.Random(seed)
    posts: dict[PostKey, Sums] = {
        (f"akun-{account}", platform, f"p{post}"): Sums(
            posts=1,
            likes=dice.randint(0, 500),
            likes_readings=1,
            comments=dice.randint(0, 50),
            comments_observed=50,
            views=dice.randint(0, 9000),
            views_readings=1,
        )
        for account in range(6)
        for platform in (Platform.INSTAGRAM, Platform.TIKTOK)
        for post in range(4)
    }
    profiles = tuple(Profile(f"akun-{n}", "opd") for n in range(6))
    followers = {(f"akun-{n}", p): 10**n for n in range(4) for p in (Platform.INSTAGRAM, Platform.TIKTOK)}
    given: dict[str, Any] = {"posts": posts, "followers": followers, "counts": COUNTS}
    return Gathered(month=OCTOBER, accounts=profiles, **given | changed)


def frozen(rules: Rules = RULES, **changed: Any) -> Json:
    return loaded(canonical(document(gathered(**changed), rules)))


def test_the_order_of_facts_changes_no_byte() -> None:
    one = gathered()
    posts = list(one.posts.items())
    random.Random(3).shuffle(posts)
    other = gathered(posts=dict(posts), followers=dict(sorted(one.followers.items(), reverse=True)))
    assert canonical(document(one, RULES)) == canonical(document(other, RULES))


def test_any_figure_changes_the_hash() -> None:
    one = gathered()
    for name in ("posts", "likes", "comments", "views", "likes_readings", "positive", "simulated"):
        key = next(iter(one.posts))
        before = {**one.posts, key: Sums(posts=1, likes=7)}
        figures: dict[str, Any] = {"posts": 1, "likes": 7, name: 77}
        changed = {**one.posts, key: Sums(**figures)}
        assert digest(canonical(document(gathered(posts=changed), RULES))) != digest(
            canonical(document(gathered(posts=before), RULES))
        )


def test_results_follow_from_the_stored_inputs() -> None:
    stored = frozen()
    assert totals(posts_of(stored)) == dict(inputs_of(stored).span)
    again = results(inputs_of(stored), Rules.model_validate(stored["rules"]))
    assert canonical(again) == canonical(stored["results"])


@pytest.mark.parametrize("normaliser", list(Normaliser))
def test_sensitivity_names_the_other_normalisers(normaliser: Normaliser) -> None:
    rules = RULES.model_copy(update={"normaliser": normaliser})
    told = frozen(rules)["results"]["sensitivity"]
    assert set(told["ranks"]) == {other.value for other in Normaliser} - {normaliser.value}
    for name, ranks in told["ranks"].items():
        other = frozen(RULES.model_copy(update={"normaliser": Normaliser(name)}))
        assert ranks == {account: score["rank"] for account, score in other["results"]["scores"].items()}


def test_sentences_say_whether_the_first_three_change() -> None:
    stored = frozen()
    told = stored["results"]["sensitivity"]
    lines = sensitivity(stored, {"akun-0": "Dinas Nol"})
    for name in told["ranks"]:
        changes = any(line.startswith(f"Under {name} the first three would be") for line in lines)
        stays = any(line.startswith("The first three stay") and name in line for line in lines)
        assert (changes, stays) == (name in told["changes_under"], name not in told["changes_under"])
    assert "Followers are known of 8 of 12 accounts on their platforms." in lines


def test_what_ranks_nobody_is_unknown_and_no_change() -> None:
    stored = frozen(followers={})
    told = stored["results"]["sensitivity"]
    assert told["unknown_under"] == ["per_1000_followers"]
    assert "per_1000_followers" not in told["changes_under"]
    assert "What per_1000_followers would say is not known: it ranks nobody." in sensitivity(stored, {})
    assert frozen()["results"]["sensitivity"]["unknown_under"] == []


def test_simulated_posts_and_readings_mark_the_month() -> None:
    key: PostKey = ("akun-0", Platform.X, "p")
    assert not frozen()["simulated"]
    assert frozen(posts={key: Sums(posts=1, simulated=1)})["simulated"]
    assert frozen(counts=COUNTS | {"readings": {"read": 1, "simulated": 1}})["simulated"]


def test_differences_name_rules_posts_followers_facts_and_accounts() -> None:
    one = gathered()
    key = ("akun-0", Platform.INSTAGRAM, "p0")
    posts = {**one.posts, key: Sums(posts=1, likes=100_000, likes_readings=1)}
    followers = {**one.followers, ("akun-1", Platform.INSTAGRAM): 5}
    counts = COUNTS | {"readings": {"read": 25}}
    rules = RULES.model_copy(update={"version": "lain", "max_posts_per_day": 9})
    found = differences(frozen(), frozen(rules, posts=posts, followers=followers, counts=counts))
    assert found.rules == [
        f"max_posts_per_day: {RULES.max_posts_per_day} → 9",
        f"version: {RULES.version} → lain",
    ]
    assert found.inputs == [
        "1 posts contribute differently: akun-0/instagram/p0",
        "followers of 1 accounts",
        "readings read: 24 → 25",
    ]
    assert "akun-0" in [moved.account_id for moved in found.accounts]


def test_accounts_that_came_and_went_are_named() -> None:
    fewer = {key: sums for key, sums in gathered().posts.items() if key[0] != "akun-5"}
    one = gathered(posts=fewer)
    without = Gathered(one.month, one.accounts[:-1], fewer, one.followers, one.counts)
    found = differences(frozen(), loaded(canonical(document(without, RULES))))
    assert "no longer active: akun-5" in found.inputs
    assert [moved.account_id for moved in found.accounts if moved.score_now is None] == ["akun-5"]


def test_nothing_is_different_from_itself() -> None:
    found = differences(frozen(), frozen())
    assert (found.rules, found.inputs, found.accounts) == ([], [], [])
