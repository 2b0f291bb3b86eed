from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.analytics.explain.points import (
    UNITS,
    Earned,
    Origin,
    by_platform,
    by_post,
    divide,
    shorten,
    to_points,
    to_units,
)
from pantau.contracts.fields import Platform
from pantau.score.formula import Inputs, Profile, Sums, rank_fleet
from pantau.score.rules import Metric, Normaliser, Rules

PLATFORMS = (Platform.INSTAGRAM, Platform.TIKTOK, Platform.X)
counts = st.integers(0, 10**9)


@given(st.integers(0, 100 * UNITS), st.lists(counts, min_size=1, max_size=60).filter(any))
def test_a_division_adds_up_and_is_fair(whole: int, shares: list[int]) -> None:
    parts = divide(whole, shares)
    assert sum(parts) == whole
    for part, share in zip(parts, shares, strict=True):
        exact = whole * share / sum(shares)
        assert exact - 1 < part < exact + 1
        assert part == 0 or share > 0


def test_what_is_left_goes_to_the_largest_remainders_the_first_first() -> None:
    assert divide(10, [1, 1, 1]) == [4, 3, 3]
    assert divide(11, [1, 1, 1]) == [4, 4, 3]
    assert divide(7, [10, 50, 40]) == [1, 3, 3]
    assert divide(0, [3, 5]) == [0, 0]


@pytest.mark.parametrize(("whole", "shares"), [(1, [0, 0]), (1, []), (-1, [1]), (1, [2, -1])])
def test_nothing_to_divide_by_is_refused(whole: int, shares: list[int]) -> None:
    with pytest.raises(ValueError, match="cannot be divided"):
        divide(whole, shares)


@given(st.integers(0, 100 * UNITS))
def test_units_and_points_are_the_same_number(units: int) -> None:
    assert to_units(to_points(units)) == units
    assert to_points(units) == round(to_points(units), 4)


def rules_of(weights: list[float], normaliser: Normaliser) -> Rules:
    platforms = dict.fromkeys(Platform, 1.0) | dict(zip(PLATFORMS, weights, strict=True))
    shares = {"views": 0.1, "posts": 0.2, "comments": 0.4, "likes": 0.3}
    return Rules(version="t", weights=shares, platforms=platforms, normaliser=normaliser)


sums = st.builds(
    Sums,
    views=counts,
    likes=counts,
    posts=st.integers(0, 1),
    comments=st.integers(0, 50),
    comments_observed=st.integers(0, 1),
    views_readings=st.integers(0, 1),
    likes_readings=st.integers(0, 1),
)
posts_of = st.dictionaries(
    st.tuples(st.sampled_from(PLATFORMS), st.sampled_from(["", "p1", "p2", "p3"])), sums
)


def added(posts: dict[Any, Sums], platform: Platform) -> Sums:
    names = ("views", "likes", "posts", "comments", "comments_observed", "views_readings", "likes_readings")
    own = [one for key, one in posts.items() if key[0] == platform]
    return Sums(**{name: sum(getattr(one, name) for one in own) for name in names})


@given(
    posts_of,
    posts_of,
    st.lists(st.sampled_from([0.0, 0.2, 0.37, 1.0]), min_size=3, max_size=3),
    st.sampled_from([n for n in Normaliser if n is not Normaliser.PER_1000_FOLLOWERS]),
)
def test_posts_add_up_to_parts_and_parts_to_the_score(
    own: dict[Any, Sums], others: dict[Any, Sums], weights: list[float], normaliser: Normaliser
) -> None:
    rules = rules_of(weights, normaliser)
    span = {(who, p): added(posts, p) for who, posts in (("a", own), ("b", others)) for p in PLATFORMS}
    profiles = (Profile("a", "opd"), Profile("b", "opd"))
    ranking = rank_fleet(Inputs(profiles, span, span, {}), rules)
    score = next(s for s in ranking.scores if s.account_id == "a")
    platforms = {p: on for (who, p), on in ranking.platforms.items() if who == "a"}
    divided = by_platform(score, platforms)
    raw = {
        key: {metric: getattr(one, metric.value) for metric in Metric if platforms[key[0]].parts[metric].raw}
        for key, one in own.items()
        if key[0] in platforms
    }
    for earned in (by_post(divided, raw), shorten(by_post(divided, raw), 2)):
        for metric, part in score.parts.items():
            assert sum(one.units.get(metric, 0) for one in earned) == to_units(part.points or 0)
            assert sum(one.raw.get(metric, 0) for one in earned) == (part.raw or 0)
        assert sum(one.total for one in earned) == to_units(score.score or 0)


def test_points_without_any_gain_stand_alone() -> None:
    earned = by_post({Platform.X: {Metric.LIKES: 5, Metric.POSTS: 7}}, {(Platform.X, "p"): {Metric.POSTS: 1}})
    assert [(one.origin, dict(one.units)) for one in earned] == [
        (Origin.POST, {Metric.POSTS: 7}),
        (Origin.STANDING, {Metric.LIKES: 5}),
    ]


def test_the_others_are_one_entry() -> None:
    posts = {(Platform.X, f"p{n}"): {Metric.LIKES: n} for n in range(1, 5)}
    posts |= {(Platform.X, ""): {Metric.COMMENTS: 1}}
    earned = by_post({Platform.X: {Metric.LIKES: 100, Metric.COMMENTS: 1}}, posts)
    listed = shorten(earned, 3)
    assert [one.post_id for one in listed] == ["p4", "p3", "p2", ""]
    assert listed[-1] == Earned(
        Origin.OTHERS,
        None,
        "",
        {Metric.LIKES: 1, Metric.COMMENTS: 1},
        {Metric.LIKES: 10, Metric.COMMENTS: 1},
        posts=1,
    )
    assert shorten(earned, 5) == earned
