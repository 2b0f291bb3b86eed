"""How much two rankings differ."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from pantau.score.formula import AccountScore
from services.scoring.compare.rankings import compared


def score(account_id: str, rank: int | None, points: float | None = None, group: str = "") -> AccountScore:
    given = 100.0 - (rank or 0) if points is None else points
    return AccountScore(account_id, given, rank, 1, False, {}, 0, 0, 0, False, None, group)


def ranked(*accounts: str, group: str = "") -> list[AccountScore]:
    return [score(account, place, group=group) for place, account in enumerate(accounts, 1)]


def test_the_same_ranking_is_the_same() -> None:
    found = compared(ranked("a", "b", "c", "d"), ranked("a", "b", "c", "d"))
    assert found.tau == 1
    assert not found.first_change
    assert [(pair.moved, pair.change) for pair in found.pairs] == [(False, 0)] * 4


def test_the_other_way_round_is_minus_one() -> None:
    found = compared(ranked("a", "b", "c"), ranked("c", "b", "a"))
    assert found.tau == -1
    assert found.first_change
    assert [pair.moved for pair in found.pairs] == [True, False, True]


def test_below_the_third_the_first_three_stay() -> None:
    found = compared(ranked("a", "b", "c", "d", "e"), ranked("a", "b", "c", "e", "d"))
    assert found.tau == 0.8
    assert not found.first_change


def test_ties_count_for_neither() -> None:
    tied = [score("a", 1), score("b", 1), score("c", 3)]
    assert compared(tied, ranked("a", "b", "c")).tau == 0.8165  # 2 / sqrt(2 * 3)
    assert compared([score("a", 1), score("b", 1)], ranked("a", "b")).tau is None


def test_only_peers_are_compared() -> None:
    apart = [*ranked("a", "b", group="x"), *ranked("c", "d", group="y")]
    swapped = [*ranked("a", "b", group="x"), *ranked("d", "c", group="y")]
    found = compared(apart, swapped)
    assert found.tau == 0
    assert found.first_after == {"x": ["a", "b"], "y": ["d", "c"]}


def test_who_is_not_ranked_is_shown_only() -> None:
    found = compared([*ranked("a", "b"), score("c", None)], [*ranked("b", "c"), score("a", None, None)])
    assert found.tau is None
    assert [pair.moved for pair in found.pairs] == [True, True, True]


@given(st.permutations("abcde"))
def test_tau_counts_the_pairs_in_order(order: list[str]) -> None:
    place = {account: n for n, account in enumerate(order)}
    in_order = sum(place[a] < place[b] for a, b in permutations("abcde", 2) if a < b)
    assert compared(ranked(*"abcde"), ranked(*order)).tau == round((2 * in_order - 10) / 10, 4)
