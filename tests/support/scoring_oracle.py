"""Histories, rule books and comparison with the oracle, for tests that store and score."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from pantau.contracts.events import Event
from pantau.contracts.fields import AccountKind
from pantau.score.bucket_sums import month_ranking, sliding_rankings
from pantau.score.formula import AccountScore
from pantau.score.rules import Normaliser, PeerGroup, Rules, load_rules
from pantau.score.windows import SLIDING
from tests.support.events import NOON, flag_rules
from tests.support.oracle import Oracle

RULES = load_rules(Path("deploy/scoring/rules.yaml"))


INSTANTS = [NOON + timedelta(minutes=m) for m in (30, 95, 60 * 25)]


ANSWERED = """
SELECT account_id, platform, post_id, minute, replies, reply_seconds
FROM post_buckets FINAL WHERE replies > 0
"""


def _changed(**fields: Any) -> Rules:
    return RULES.model_copy(update=fields)


_NAMED = PeerGroup(accounts=("dinkes",))


_HOSPITALS = PeerGroup(kinds=(AccountKind.HOSPITAL,))


rulebooks: st.SearchStrategy[Rules] = st.builds(
    _changed,
    normaliser=st.sampled_from(Normaliser),
    peer_groups=st.sampled_from(
        ({}, {}, {"rumah sakit": _HOSPITALS}, {"rumah sakit": _HOSPITALS, "besar": _NAMED})
    ),
    minimum_posts=st.sampled_from((0, 1, 2, 4)),
    minimum_followers=st.sampled_from((1, 100)),
    flags=flag_rules,
)


def comparable(scores: Sequence[AccountScore]) -> dict[str, dict[str, Any]]:
    return {
        s.account_id: {
            "score": s.score,
            "rank": s.rank,
            "completeness": s.completeness,
            "points": {metric.value: part.points for metric, part in s.parts.items()},
            "raw": {metric.value: part.raw for metric, part in s.parts.items()},
            "sentiment": (s.positive, s.neutral, s.negative),
            "group": s.group,
            "posts_missing": s.posts_missing,
        }
        for s in scores
    }


async def answered(client: Any) -> dict[tuple[str, str, str, datetime], tuple[int, int]]:
    """By post and minute: comments first answered then, and their seconds of waiting."""
    rows = (await client.query(ANSWERED)).result_rows
    return {
        (account, platform, post, minute): (replies, seconds)
        for account, platform, post, minute, replies, seconds in rows
    }


async def assert_equal_to_oracle(client: Any, events: Sequence[Event], rules: Rules) -> None:
    oracle = Oracle(events, rules.model_dump(mode="json"))
    assert await answered(client) == oracle.answers()
    for at in INSTANTS:
        for window, ranking in (await sliding_rankings(client, tuple(SLIDING), at, rules)).items():
            assert comparable(ranking.scores) == oracle.sliding(window.value, at), (window, at)
    for month in (date(2026, 10, 1), date(2026, 11, 1)):
        for now in (NOON, INSTANTS[0]):  # October runs still; it has just ended
            ranking = await month_ranking(client, month, rules, now)
            assert comparable(ranking.scores) == oracle.month(f"{month:%Y-%m}", now), (month, now)


def batches(events: list[Any], cuts: list[int]) -> list[list[Any]]:
    edges = [0, *sorted(cut % (len(events) + 1) for cut in cuts), len(events)]
    return [events[a:b] for a, b in pairwise(edges)]
