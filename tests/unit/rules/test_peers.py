"""Who is compared with whom, what stands behind a score, and who is not ranked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.contracts.fields import AccountKind, Platform
from pantau.score.formula import AccountScore, Inputs, Key, Profile, Ranking, Sums, rank_fleet
from pantau.score.normalisers import Limits
from pantau.score.rules import Metric, Normaliser, PeerGroup, Rules
from tests.support.score_examples import EXAMPLE, GIVEN, INSTAGRAM, RULES, TIKTOK, fleet_of, fleets, rulebooks

HOSPITALS = PeerGroup(kinds=(AccountKind.HOSPITAL,))
PER_1000 = RULES.model_copy(update={"normaliser": Normaliser.PER_1000_FOLLOWERS})
kinds = st.lists(st.sampled_from(("opd", "hospital", "other")), min_size=8, max_size=8)
followers = st.dictionaries(
    st.tuples(st.sampled_from([f"a{n}" for n in range(8)]), st.sampled_from(Platform)),
    st.integers(0, 10**6),
    max_size=20,
)
grouped_rulebooks = st.builds(
    lambda rules, groups: rules.model_copy(update={"peer_groups": groups}),
    rulebooks,
    st.sampled_from(({}, {"rs": HOSPITALS}, {"rs": HOSPITALS, "besar": PeerGroup(accounts=("a1", "a2"))})),
)


def ranked(fleet: dict[Key, Sums], rules: Rules = RULES, minimum_posts: int = 0, **changed: Any) -> Ranking:
    profiles = tuple(Profile(a, "opd") for a in sorted({key[0] for key in fleet}))
    inputs = {"accounts": profiles, "span": fleet, "horizon": fleet, "followers": {}} | changed
    return rank_fleet(Inputs(**inputs), rules, minimum_posts=minimum_posts)


def by_account(ranking: Ranking) -> dict[str, AccountScore]:
    return {score.account_id: score for score in ranking.scores}


@given(fleets, grouped_rulebooks, followers, kinds, st.integers(0, 6))
def test_points_of_the_platforms_lead_to_the_score_exactly(
    fleet: Any, rules: Rules, known: Any, each: list[str], minimum: int
) -> None:
    """As an explanation recomputes them: from the figures that are shown."""
    profiles = tuple(Profile(f"a{n}", kind) for n, kind in enumerate(each))
    ranking = ranked(fleet, rules, minimum, accounts=profiles, followers=known)
    for score in ranking.scores:
        own = [p for (account, _), p in ranking.platforms.items() if account == score.account_id]
        total = sum(platform.weight for platform in own)
        for metric, part in score.parts.items():
            points = [p.parts[metric].points or 0 for p in own]
            expected = (
                [round(sum(n * p.weight for n, p in zip(points, own, strict=True)) / total, 4)] if own else []
            )
            assert part.points is None or [part.points] == expected
        assert all(platform.group == score.group for platform in own)
        assert score.posts_missing == max(0, minimum - (score.parts[Metric.POSTS].raw or 0))
        assert score.rank is None or not score.posts_missing


@given(fleets, rulebooks, followers, kinds)
def test_a_group_is_a_fleet_of_its_own(fleet: Any, rules: Rules, known: Any, each: list[str]) -> None:
    profiles = tuple(Profile(f"a{n}", kind) for n, kind in enumerate(each))
    rules = rules.model_copy(update={"peer_groups": {"rs": HOSPITALS}})
    together = ranked(fleet, rules, accounts=profiles, followers=known)
    for kind_is_in, group in ((True, "rs"), (False, "")):
        own = tuple(p for p in profiles if (p.kind == "hospital") == kind_is_in)
        alone = ranked(fleet, rules, accounts=own, followers=known)
        assert [s for s in together.scores if s.group == group and s.rank] == [
            s for s in alone.scores if s.rank
        ]
        assert {k: v for k, v in together.limits.items() if k[0] == group} == alone.limits
        assert {k: v for k, v in together.platforms.items() if v.group == group} == alone.platforms


def test_an_account_that_is_named_belongs_there_whatever_its_kind() -> None:
    rules = RULES.model_copy(update={"peer_groups": {"rs": HOSPITALS, "besar": PeerGroup(accounts=("c",))}})
    profiles = (Profile("a", "opd"), Profile("b", "hospital"), Profile("c", "hospital"))
    ranking = ranked(fleet_of(**{name: EXAMPLE[name] for name in "abc"}), rules, accounts=profiles)
    assert {score.account_id: (score.group, score.rank) for score in ranking.scores} == {
        "a": ("", 1),
        "b": ("rs", 1),
        "c": ("besar", 1),
    }


def test_the_limits_of_the_worked_example() -> None:
    """0.6089 and 8.3886 of docs/skor.md are logarithms; these are the likes that they stand for."""
    ranking = ranked(fleet_of(**EXAMPLE))
    assert ranking.limits["", INSTAGRAM, Metric.LIKES] == Limits(0.8384, 4395.8767, 5)
    shown = ranking.platforms["a", INSTAGRAM]
    assert (shown.weight, shown.completeness, shown.sums.likes) == (1.0, 1.0, 400)
    assert shown.parts == by_account(ranking)["a"].parts


def test_limits_are_of_those_who_have_the_metric_on_the_platform() -> None:
    fleet = fleet_of(a={"views": 5}, b={"views": 9}) | {
        ("b", TIKTOK): Sums(posts=2),
        ("c", TIKTOK): Sums(posts=1),
    }
    rules = RULES.model_copy(update={"normaliser": Normaliser.SHARE_OF_MAX})
    limits = ranked(fleet, rules).limits
    assert limits["", INSTAGRAM, Metric.VIEWS] == Limits(0, 9, 2)
    assert limits["", TIKTOK, Metric.POSTS] == Limits(0, 2, 2)
    assert ("", TIKTOK, Metric.VIEWS) not in limits


def test_per_1000_followers() -> None:
    fleet = fleet_of(
        small={"views": 300, "posts": 4, "comments": 3, "likes": 30},
        large={"views": 3000, "posts": 4, "comments": 30, "likes": 300},
        tiny={"views": 50, "posts": 4, "comments": 1, "likes": 5},
    )
    counted = {("small", INSTAGRAM): 1000, ("large", INSTAGRAM): 10_000, ("tiny", INSTAGRAM): 2}
    ranking = ranked(fleet, PER_1000, followers=counted)
    scores = by_account(ranking)
    assert scores["small"].score == scores["large"].score  # ten times the reach of ten times the followers
    assert scores["small"].parts[Metric.LIKES].raw == 30  # what is shown stays the count
    assert ranking.limits["", INSTAGRAM, Metric.LIKES] == Limits(30, 47.5232, 3)  # tiny: 5 per 100 at least
    assert ranking.limits["", INSTAGRAM, Metric.POSTS] == Limits(4, 4, 3)


def test_without_a_follower_reading_the_metrics_are_missing_and_not_zero() -> None:
    fleet = fleet_of(**EXAMPLE)
    known = {key: 1000 for key in fleet if key[0] != "c"}
    scores = by_account(ranked(fleet, PER_1000, followers=known))
    assert (scores["c"].completeness, scores["c"].rank) == (0.2, None)
    assert scores["c"].parts[Metric.VIEWS].raw is None
    assert scores["c"].parts[Metric.POSTS].raw == 3
    assert scores["a"].completeness == 1.0
    assert scores["a"].rank == 1


def test_no_followers_at_all_is_a_reading() -> None:
    fleet = fleet_of(**EXAMPLE)
    known = dict.fromkeys(fleet, 0)
    assert by_account(ranked(fleet, PER_1000, followers=known))["c"].rank == 1  # all divided by the smallest


def test_too_few_posts_are_shown_and_not_ranked() -> None:
    scores = by_account(ranked(fleet_of(**EXAMPLE), minimum_posts=4))
    assert [(s.account_id, s.rank, s.posts_missing) for s in scores.values()] == [
        ("a", 1, 0),
        ("b", 2, 0),
        ("c", None, 1),
        ("e", None, 2),
        ("d", None, 4),
    ]
    assert scores["c"].score == 91.1753  # and it moves the others as before
    assert scores["a"].score == 79.6836


def test_posts_of_all_platforms_count_towards_the_minimum() -> None:
    fleet = {("a", INSTAGRAM): Sums(posts=3, **GIVEN), ("a", TIKTOK): Sums(posts=1, **GIVEN)}
    assert by_account(ranked(fleet, minimum_posts=4))["a"].rank == 1
    without = RULES.model_copy(update={"platforms": RULES.platforms | {TIKTOK: 0.0}})
    assert by_account(ranked(fleet, without, 4))["a"].posts_missing == 1


def test_an_account_without_data_lacks_all_posts() -> None:
    score = by_account(ranked({}, minimum_posts=4, accounts=(Profile("a", "opd"),)))["a"]
    assert (score.score, score.posts_missing) == (None, 4)


@pytest.mark.parametrize("normaliser", Normaliser)
def test_one_account_alone_has_everything_it_did(normaliser: Normaliser) -> None:
    fleet = fleet_of(a={"views": 3, "posts": 1, "comments": 0, "likes": 7})
    rules = RULES.model_copy(update={"normaliser": normaliser})
    score = by_account(ranked(fleet, rules, followers={("a", INSTAGRAM): 500}))["a"]
    points = {metric.value: part.points for metric, part in score.parts.items()}
    assert points == {"views": 10.0, "posts": 20.0, "comments": 0.0, "likes": 30.0}
