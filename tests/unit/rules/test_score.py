from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.score.formula import AccountScore, Inputs, Key, Profile, Ranking, Sums, metric_values, rank_fleet
from pantau.score.rules import Metric, Rules
from tests.support.score_examples import EXAMPLE, GIVEN, INSTAGRAM, RULES, TIKTOK, fleet_of, fleets, rulebooks


def ranked(fleet: dict[Key, Sums], rules: Rules = RULES, accounts: Any = None, **more: Any) -> Ranking:
    profiles = tuple(Profile(a, "opd") for a in sorted(accounts or {key[0] for key in fleet}))
    return rank_fleet(Inputs(profiles, fleet, fleet, {}), rules, **more)


def scored(fleet: dict[Key, Sums], rules: Rules = RULES, accounts: Any = None) -> dict[str, AccountScore]:
    return {score.account_id: score for score in ranked(fleet, rules, accounts).scores}


@given(fleets, rulebooks)
def test_score_is_exactly_the_sum_of_its_parts(fleet: dict[Key, Sums], rules: Rules) -> None:
    for score in scored(fleet, rules).values():
        points = [part.points for part in score.parts.values() if part.points is not None]
        assert score.score == (round(sum(points), 4) if score.score is not None else None)
        assert score.score is not None or not points


@given(fleets, rulebooks)
def test_scores_and_parts_stay_within_their_bounds(fleet: dict[Key, Sums], rules: Rules) -> None:
    for score in scored(fleet, rules).values():
        assert score.score is None or 0 <= score.score <= 100.001
        assert 0 <= score.completeness <= 1
        assert score.incomplete == (score.completeness < 1)
        for metric, part in score.parts.items():
            assert part.weight == rules.weights[metric]
            assert (part.raw is None) == (part.normalised is None) == (part.points is None)
            assert part.normalised is None or 0 <= part.normalised <= 1


@given(fleets, rulebooks)
def test_ranks_follow_the_scores(fleet: dict[Key, Sums], rules: Rules) -> None:
    scores = ranked(fleet, rules).scores
    first = [score for score in scores if score.rank is not None]
    assert scores[: len(first)] == first
    for score in first:
        assert score.rank == 1 + sum((other.score or 0) > (score.score or 0) for other in first)
        assert score.completeness >= rules.minimum_completeness
    for score in scores[len(first) :]:
        assert score.score is None or score.completeness < rules.minimum_completeness


@given(fleets, st.randoms(use_true_random=False))
def test_order_of_the_figures_does_not_matter(fleet: dict[Key, Sums], random: Any) -> None:
    items = list(fleet.items())
    random.shuffle(items)
    assert scored(dict(items)) == scored(fleet)


def test_worked_example_of_the_score_page() -> None:
    scores = scored(fleet_of(**EXAMPLE))
    assert [(name, scores[name].score, scores[name].rank) for name in "cabed"] == [
        ("c", 91.1753, 1),
        ("a", 79.6836, 2),
        ("b", 64.8324, 3),
        ("e", 22.7784, 4),
        ("d", 14.7450, 5),
    ]
    assert [scores["a"].parts[metric].points for metric in Metric] == [8.7712, 16.5361, 33.6106, 20.7657]


def test_metric_that_was_not_given_drops_out_and_the_others_grow() -> None:
    fleet = fleet_of(**EXAMPLE)
    fleet["b", INSTAGRAM] = Sums(posts=10, comments=12, likes=100, likes_readings=1, comments_observed=1)
    b = scored(fleet)["b"]
    assert (b.score, b.completeness, b.incomplete, b.rank) == (63.9478, 0.9, True, 3)
    assert (b.parts[Metric.VIEWS].raw, b.parts[Metric.VIEWS].points) == (None, None)
    assert b.parts[Metric.POSTS].points == 22.2222  # 100 * 0.20 / 0.90


def test_too_little_data_is_shown_and_not_ranked() -> None:
    fleet = fleet_of(**EXAMPLE)
    fleet["b", INSTAGRAM] = Sums(posts=10, comments=12, comments_observed=1)
    scores = scored(fleet)
    assert (scores["b"].completeness, scores["b"].rank) == (0.6, None)
    assert scores["b"].score is not None
    assert list(scores) == ["c", "a", "e", "d", "b"]
    assert [scores[name].rank for name in "caed"] == [1, 2, 3, 4]


def test_zero_is_not_missing() -> None:
    zero = scored(fleet_of(a={}, b={"views": 5, "posts": 1, "comments": 1, "likes": 1}))["a"]
    assert (zero.score, zero.completeness, zero.rank) == (0.0, 1.0, 2)


def test_nothing_at_all_is_no_score() -> None:
    scores = scored({("a", INSTAGRAM): Sums()}, accounts=["a", "silent"])
    for score in scores.values():
        assert (score.score, score.rank, score.completeness) == (None, None, 0.0)


def test_horizon_decides_what_a_platform_gives() -> None:
    """A quiet hour has no reading, yet views are given: they gained nothing."""
    horizon = {("a", INSTAGRAM): Sums(views=100, **GIVEN)}
    (score,) = rank_fleet(Inputs((Profile("a", "opd"),), {}, horizon, {}), RULES).scores
    assert score.parts[Metric.VIEWS].raw == 0
    assert score.completeness == 1.0


def test_equal_scores_share_a_rank_and_the_next_one_is_left_out() -> None:
    same = {"views": 10, "posts": 1, "comments": 1, "likes": 1}
    more = {"views": 20, "posts": 2, "comments": 2, "likes": 2}
    scores = scored(fleet_of(first=more, one=same, other=same, last={}))
    assert {name: score.rank for name, score in scores.items()} == {
        "first": 1,
        "one": 2,
        "other": 2,
        "last": 4,
    }


def test_inactive_accounts_neither_appear_nor_move_others() -> None:
    fleet = fleet_of(**EXAMPLE, gone={"views": 10**9, "posts": 99, "comments": 10**6, "likes": 10**8})
    scores = scored(fleet, accounts=list(EXAMPLE))
    assert "gone" not in scores
    assert scores == scored(fleet_of(**EXAMPLE))


def test_account_is_the_weighted_mean_of_its_platforms() -> None:
    fleet = fleet_of(**EXAMPLE) | {
        (name, TIKTOK): Sums(**(GIVEN | given)) for name, given in EXAMPLE.items() if name in ("c", "d")
    }
    tiktok_only = scored({key: value for key, value in fleet.items() if key[1] is TIKTOK})
    instagram = scored(fleet_of(**EXAMPLE))
    tripled = RULES.model_copy(update={"platforms": RULES.platforms | {TIKTOK: 3.0}})
    both = scored(fleet, tripled)
    for name in ("c", "d"):
        expected = ((instagram[name].score or 0) + 3 * (tiktok_only[name].score or 0)) / 4
        assert both[name].score == pytest.approx(expected, abs=2e-4)
    assert both["a"].score == instagram["a"].score


def test_platform_of_weight_zero_is_left_out() -> None:
    without_tiktok = RULES.model_copy(update={"platforms": RULES.platforms | {TIKTOK: 0.0}})
    fleet = fleet_of(**EXAMPLE) | {("a", TIKTOK): Sums(views=10**9, **GIVEN)}
    assert scored(fleet, without_tiktok)["a"].score == scored(fleet_of(**EXAMPLE))["a"].score


def test_collected_comments_come_before_the_platforms_counter() -> None:
    span = Sums(comments=3, comments_reported=50)
    assert metric_values(span, Sums(comments_observed=1, comments_readings=1))[Metric.COMMENTS] == 3
    assert metric_values(span, Sums(comments_readings=1))[Metric.COMMENTS] == 50
    assert Metric.COMMENTS not in metric_values(span, Sums())


def test_sentiment_stands_beside_the_score() -> None:
    angry = {name: given | {"negative": given["comments"]} for name, given in EXAMPLE.items()}
    calm, upset = scored(fleet_of(**EXAMPLE)), scored(fleet_of(**angry))
    assert {name: score.score for name, score in calm.items()} == {name: s.score for name, s in upset.items()}
    assert upset["c"].negative == 90


def test_age_and_origin_travel_with_the_score() -> None:
    at = datetime(2026, 11, 21, 3, tzinfo=UTC)
    fleet = {("a", INSTAGRAM): Sums(newest_at=at, simulated=1, **GIVEN), ("a", TIKTOK): Sums(**GIVEN)}
    score = scored(fleet)["a"]
    assert (score.newest_event_at, score.simulated) == (at, True)
