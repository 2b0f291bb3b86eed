"""Fleets and rule books to score."""

from typing import Any

from hypothesis import strategies as st

from deploy.local.places import ROOT
from pantau.contracts.fields import Platform
from pantau.score.formula import Key, Sums
from pantau.score.rules import Normaliser, load_rules

INSTAGRAM, TIKTOK = Platform.INSTAGRAM, Platform.TIKTOK
RULES = load_rules(ROOT / "deploy/scoring/rules.yaml")


GIVEN: dict[str, Any] = {"views_readings": 1, "likes_readings": 1, "comments_observed": 1}


figures = st.integers(0, 10**7)


sums = st.builds(
    Sums,
    views=figures,
    likes=figures,
    comments_reported=figures,
    posts=st.integers(0, 50),
    comments=figures,
    comments_observed=st.integers(0, 2),
    views_readings=st.integers(0, 2),
    likes_readings=st.integers(0, 2),
    comments_readings=st.integers(0, 2),
)


fleets: st.SearchStrategy[dict[Key, Sums]] = st.dictionaries(
    st.tuples(st.sampled_from([f"a{n}" for n in range(8)]), st.sampled_from(Platform)), sums, max_size=20
)


rulebooks = st.builds(
    lambda normaliser, platforms: RULES.model_copy(
        update={"normaliser": normaliser, "platforms": dict(zip(Platform, platforms, strict=True))}
    ),
    st.sampled_from(Normaliser),
    st.lists(st.sampled_from((0.0, 0.5, 1.0, 3.0)), min_size=len(Platform), max_size=len(Platform)),
)


def fleet_of(**accounts: dict[str, Any]) -> dict[Key, Sums]:
    return {(name, INSTAGRAM): Sums(**(GIVEN | given)) for name, given in accounts.items()}


EXAMPLE: dict[str, dict[str, Any]] = {
    "a": {"views": 12000, "posts": 6, "comments": 40, "likes": 400},
    "b": {"views": 3000, "posts": 10, "comments": 12, "likes": 100},
    "c": {"views": 50000, "posts": 3, "comments": 90, "likes": 8000},
    "d": {"views": 500, "posts": 0, "comments": 0, "likes": 20},
    "e": {"views": 0, "posts": 2, "comments": 5, "likes": 0},
}
