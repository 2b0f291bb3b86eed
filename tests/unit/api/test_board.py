from dataclasses import replace

from pantau.analytics.accounts.registry import Account, AccountData
from pantau.analytics.ranking.ranking import no_score, ranking
from pantau.score.formula import AccountScore
from tests.support.api import HOUR, NOW, RULES


def account(account_id: str) -> Account:
    return Account(account_id, f"Dinas {account_id}", account_id, "opd", True, NOW)


def score(account_id: str, points: float | None, rank: int | None) -> AccountScore:
    return replace(no_score(account_id, RULES), score=points, rank=rank)


def test_order_is_by_rank_then_by_score_then_by_name() -> None:
    scores = [score("e", 5.0, None), score("d", 9.0, None), score("b", 70.0, 1), score("c", 70.0, 1)]
    scores.append(score("a", 60.0, 3))
    listed = ranking(map(account, "gfedcba"), {s.account_id: s for s in scores}, {}, {}, RULES)
    assert "".join(entry.account_id for entry in listed) == "bcadefg"


def test_only_the_accounts_given_are_listed() -> None:
    listed = ranking([account("a")], {"b": score("b", 1.0, 1)}, {"a": 4}, {}, RULES)
    assert [(entry.account_id, entry.score, entry.rank_before) for entry in listed] == [("a", None, 4)]


def test_an_account_without_score_still_shows_the_weights() -> None:
    [entry] = ranking([account("a")], {}, {}, {}, RULES)
    assert (entry.parts.comments.weight, entry.parts.comments.points) == (0.4, None)
    assert (entry.incomplete, entry.completeness) == (True, 0.0)


def test_an_account_without_score_is_short_of_every_post_that_an_ended_month_needs() -> None:
    [running] = ranking([account("a")], {}, {}, {}, RULES)
    [ended] = ranking([account("a")], {}, {}, {}, RULES, minimum_posts=4)
    assert (running.posts_missing, ended.posts_missing) == (0, 4)
    assert ended.group == RULES.group_of("a", "opd")


def test_figures_of_a_bucket_that_states_the_future_are_no_newer_than_what_arrived() -> None:
    arrived = NOW - HOUR
    data = AccountData([], newest_event_at=arrived, newest_received_at=arrived, simulated=False, ahead=[])
    stated = {"a": replace(no_score("a", RULES), newest_event_at=NOW + 7 * HOUR)}
    [entry] = ranking([account("a")], stated, {}, {"a": data}, RULES)
    assert (entry.newest_event_at, entry.newest_received_at) == (arrived, arrived)
    old = {"a": replace(no_score("a", RULES), newest_event_at=NOW - 9 * HOUR)}
    [entry] = ranking([account("a")], old, {}, {"a": data}, RULES)
    assert entry.newest_event_at == NOW - 9 * HOUR
