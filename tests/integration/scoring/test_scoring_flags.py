"""Flags in the buckets: what a rule discounts, what a reviewer decides, and that nothing is ever lost."""

import asyncio
import os
from collections import defaultdict
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pantau.contracts import topics as names
from pantau.contracts.events import FlagReviewed
from pantau.contracts.fields import Flag, Verdict
from pantau.runtime.clickhouse import connect, insert
from pantau.runtime.clock import utc_now
from pantau.runtime.kafka.publisher import Record
from pantau.score.bucket_sums import sliding_rankings
from pantau.score.facts import COLUMNS, facts
from pantau.score.fingerprints import UNKNOWN
from pantau.score.flag_rules import CopiedText, FlagRules, OneWord
from pantau.score.rules import Rules
from pantau.score.windows import Window
from services.scoring.buckets.flush import Flush
from tests.support.api import KEY, Api, running_api
from tests.support.corrections import ACCOUNT, AT, BASE, POST, SECOND, database
from tests.support.events import campaigns, flag_rules
from tests.support.flags import CHEER, cheers, counted, said
from tests.support.oracle import Oracle
from tests.support.processes import service
from tests.support.scoring_oracle import RULES, batches, comparable
from tests.support.scoring_service import environment, publish, records
from tests.support.tables import forget_everything

LISTED = RULES.model_copy(update={"flags": FlagRules(copied_text=CopiedText(discount=False))})
SHORT = RULES.model_copy(update={"flags": FlagRules(one_word=OneWord(comments=5))})


def review(verdict: Verdict | None, seconds: int = 0, flag: Flag = Flag.COPIED_TEXT) -> FlagReviewed:
    given = BASE | {"post_id": "p1", "flag": flag, "verdict": verdict, "reviewed_by": "inspektorat"}
    return FlagReviewed(**given, reviewed_at=AT + seconds * SECOND)


async def follow(url: str, rules: Rules, steps: Sequence[tuple[Any, tuple[int, int]]]) -> None:
    """Each step's counts, and the scores that follow from them as the oracle has them."""
    sent: list[Any] = [ACCOUNT, POST]
    async with database(url) as client:
        flush = Flush(client, rules)
        await flush.write(sent)
        for events, expected in steps:
            given = events if isinstance(events, list) else [events]
            await flush.write(given)
            sent += given
            assert await counted(client) == expected, given
            scores = (await sliding_rankings(client, (Window.DAY,), AT, rules))[Window.DAY].scores
            assert comparable(scores) == Oracle(sent, rules.model_dump(mode="json")).sliding("24h", AT)


async def test_a_review_moves_what_counts_at_once(clickhouse_database_url: str) -> None:
    await follow(
        clickhouse_database_url,
        RULES,
        [
            (cheers(4), (4, 4)),  # four people of one mind are nothing odd
            (cheers(5), (1, 5)),
            (cheers(9), (1, 9)),
            (review(Verdict.OVERTURNED, 10), (9, 9)),
            (review(Verdict.UPHELD, 5), (9, 9)),  # older than the one that holds
            (review(None, 20), (1, 9)),  # withdrawn: the rule decides
            (review(Verdict.UPHELD, 30), (1, 9)),
            (said("other", 50, "jalan di depan kantor rusak"), (2, 10)),
            (
                said("c0", 0, CHEER, deleted=True, label=None, observed_at=AT + SECOND),
                (2, 9),
            ),  # c1 takes over
            (said("c1", 1, "kapan buka", observed_at=AT + SECOND), (3, 9)),  # edited: c2 takes over
            (POST.model_copy(update={"giveaway": True, "observed_at": AT + SECOND}), (0, 9)),
            (review(Verdict.OVERTURNED, 40), (0, 9)),
        ],
    )


async def test_what_is_only_listed_counts_until_it_is_upheld(clickhouse_database_url: str) -> None:
    await follow(
        clickhouse_database_url,
        LISTED,
        [
            (cheers(6), (6, 6)),
            (review(Verdict.OVERTURNED, 1), (6, 6)),
            (review(Verdict.UPHELD, 2), (1, 6)),
            (review(Verdict.UPHELD, 2, Flag.NEW_AUTHORS), (1, 6)),  # without effect
            (review(None, 3), (6, 6)),
        ],
    )


async def test_single_words_count_until_they_are_upheld(clickhouse_database_url: str) -> None:
    words = [said(f"w{n}", n, text) for n, text in enumerate(("Mantap", "👍", "[akun]", "sip sip"))]
    await follow(
        clickhouse_database_url,
        SHORT,
        [
            ([*words, said("w9", 9, "kapan dibuka lagi")], (5, 5)),
            (review(Verdict.UPHELD, 1, Flag.ONE_WORD), (1, 5)),
            (said("w10", 10, "di mana lokasinya"), (6, 6)),  # four of six are less than the share
            (said("w11", 11, "top"), (7, 7)),
            ([said(f"w{n}", n, "top") for n in range(12, 16)], (2, 11)),
        ],
    )


async def test_the_cap_of_a_commenter_can_be_lifted_on_one_post(clickhouse_database_url: str) -> None:
    questions = [said(f"q{n}", 1, f"pertanyaan nomor {n}") for n in range(7)]
    elsewhere = [said(f"e{n}", 1, f"pertanyaan nomor {n}", post_id="p2") for n in range(7)]
    await follow(
        clickhouse_database_url,
        RULES,
        [
            ([*questions, *elsewhere], (6, 14)),
            (review(Verdict.OVERTURNED, 1, Flag.REPEATED_AUTHOR), (10, 14)),
            (review(None, 2, Flag.REPEATED_AUTHOR), (6, 14)),
        ],
    )


async def test_guards_do_not_depend_on_each_other(clickhouse_database_url: str) -> None:
    """A copy keeps its place among its author's comments: neither rule makes room for the other."""
    own = [said("c0", 0, CHEER, 0), *(said(f"z{n}", 0, f"pertanyaan nomor {n}", 60 + n) for n in range(4))]
    await follow(
        clickhouse_database_url,
        RULES,
        [
            ([*own, *cheers(5)[1:]], (3, 9)),
            (review(Verdict.OVERTURNED, 1), (7, 9)),
            (review(Verdict.OVERTURNED, 1, Flag.REPEATED_AUTHOR), (9, 9)),
        ],
    )


async def test_whose_author_is_unknown_proves_nothing(clickhouse_database_url: str) -> None:
    nameless = [said(f"n{n}", None, CHEER) for n in range(9)]
    without = [said(f"p{n}", n, CHEER, post_id=None) for n in range(9)]
    await follow(clickhouse_database_url, RULES, [([*nameless, *without], (18, 18)), (cheers(5), (10, 23))])


async def test_a_deleted_copy_proves_nothing(clickhouse_database_url: str) -> None:
    gone = said("c0", 0, CHEER, deleted=True, label=None, observed_at=AT + SECOND)
    own = said("own", 9, CHEER, by_account=True)
    await follow(clickhouse_database_url, RULES, [(cheers(5), (1, 5)), ([gone, own], (4, 4))])


async def test_every_order_ends_with_what_the_reviewer_said(clickhouse_database_url: str) -> None:
    events: list[Any] = [
        cheers(3),
        cheers(6)[3:],
        [review(Verdict.UPHELD, 5)],
        [review(Verdict.OVERTURNED, 9)],
    ]
    async with database(clickhouse_database_url) as client:
        flush = Flush(client, RULES)
        await flush.write([ACCOUNT])
        for n, order in enumerate(permutations(events)):
            for batch in order:
                await flush.write([event.model_copy(update={"post_id": f"p{n}"}) for event in batch])
            assert await counted(client) == (6 * (n + 1), 6 * (n + 1))


async def test_comments_from_before_there_were_prints_are_never_flagged(clickhouse_database_url: str) -> None:
    old = facts(cheers(9)).rows["comments"]
    place = COLUMNS["comments"].index("text_print")
    async with database(clickhouse_database_url) as client:
        unknown = [(*row[:place], UNKNOWN, 0, *row[place + 2 :]) for row in old]
        await insert(client, "comments", COLUMNS["comments"], unknown)
        flush = Flush(client, SHORT)
        talk = [said(f"t{n}", 50 + n, f"pertanyaan nomor {n}") for n in range(5)]
        upheld = [review(Verdict.UPHELD, flag=flag) for flag in (Flag.COPIED_TEXT, Flag.ONE_WORD)]
        await flush.write([ACCOUNT, POST, *talk, *upheld])
        assert await counted(client) == (14, 14)
        await flush.write(cheers(9))  # delivered again: the same rows, with their prints
        assert await counted(client) == (6, 14)


async def test_the_audit_keeps_each_review_once_however_often_it_comes(clickhouse_database_url: str) -> None:
    verdicts = [review(verdict, n) for n, verdict in enumerate((Verdict.UPHELD, None, Verdict.OVERTURNED))]
    async with database(clickhouse_database_url) as client:
        flush = Flush(client, RULES)
        for batch in ([verdicts[2]], verdicts[:2], verdicts, verdicts[:1]):
            await flush.write(batch)
        audit = "SELECT verdict FROM flag_audit FINAL ORDER BY reviewed_at"
        assert (await client.query(audit)).result_rows == [("upheld",), ("",), ("overturned",)]
        held = "SELECT verdict FROM flag_reviews FINAL"
        assert (await client.query(held)).result_rows == [("overturned",)]


@pytest.mark.timeout(600)
def test_any_campaign_equals_the_oracle(clickhouse_database_url: str) -> None:
    """Post by post, where the rules bite nearly every time."""

    @settings(
        max_examples=int(os.environ.get("ORACLE_EXAMPLES", "25")),
        deadline=None,
        derandomize="ORACLE_EXAMPLES" not in os.environ,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.lists(campaigns(), min_size=1, max_size=4), st.lists(st.integers(0, 100), max_size=1), flag_rules
    )
    def run(dense: list[list[Any]], cuts: list[int], flags: FlagRules) -> None:
        rules = RULES.model_copy(update={"flags": flags})
        asyncio.run(replay([event for campaign in dense for event in campaign], cuts, rules))

    async def replay(sent: list[Any], cuts: list[int], rules: Rules) -> None:
        client = await connect(clickhouse_database_url)
        try:
            await forget_everything(client)
            flush = Flush(client, rules)
            for batch in batches(sent, cuts):
                await flush.write(batch)
            assert await by_post(client) == expected(sent, rules)
        finally:
            await client.close()

    run()


async def by_post(client: Any) -> dict[Any, Any]:
    rows = await client.query(
        "SELECT account_id, platform, post_id, sum(comments), sum(comments_observed), sum(positive),"
        " sum(neutral), sum(negative) FROM post_buckets FINAL GROUP BY ALL HAVING sum(comments_observed) > 0"
    )
    return {tuple(row[:3]): tuple(row[3:]) for row in rows.result_rows}


def expected(sent: list[Any], rules: Rules) -> dict[Any, Any]:
    posts: dict[Any, list[int]] = defaultdict(lambda: [0] * 5)
    for happening in Oracle(sent, rules.model_dump(mode="json")).happenings:
        if happening.gives == "comments":
            figures = posts[happening.account_id, happening.platform, happening.post_id or ""]
            added = {"observed": 1, **happening.adds}
            for n, name in enumerate(("comments", "observed", "positive", "neutral", "negative")):
                figures[n] += added.get(name, 0)
    return {post: tuple(figures) for post, figures in posts.items()}


async def until(api: Api, comments: int, verdict: str | None) -> None:
    """Wait for the score's raw comments and for the flag's verdict in the api's words."""
    async with asyncio.timeout(60):
        while True:
            scores = (await api.get("/v1/scores", window="1h"))["scores"]
            flags = (await api.get("/v1/flags", window="1h"))["flags"]
            raw = [score["parts"]["comments"]["raw"] for score in scores]
            if raw == [comments] and [flag["verdict"] for flag in flags] == [verdict]:
                return
            await asyncio.sleep(0.1)


@pytest.mark.timeout(240)
async def test_from_the_review_to_the_score(
    topics: str, clickhouse_database_url: str, tmp_path: Path
) -> None:
    now = utc_now().replace(microsecond=0)
    live = {"created_at": now, "observed_at": now, "received_at": now, "labelled_at": now}
    campaign = [each.model_copy(update=live) for each in cheers(7)]
    url = clickhouse_database_url
    with service("scoring", environment(topics, url), tmp_path) as scoring:
        keys: dict[str, Any] = {"API_REVIEW_KEYS": f"inspektorat:{KEY}"}
        async with running_api(url, topics, clock=utc_now, wait_for="ready\n", **keys) as api:
            await publish(topics, records([ACCOUNT, POST, *campaign]))
            await until(api, 1, None)
            asked: dict[str, Any] = {"account_id": "dinkes", "platform": "instagram", "post_id": "p1"}
            asked |= {"flag": "copied_text", "verdict": "overturned"}
            answer = await api.client.post("/v1/flags/reviews", json=asked)
            assert answer.status_code == 202, answer.text
            await until(api, 7, "overturned")
            broken = Record(names.CORRECTIONS, b"dinkes", b'{"type":"flag.reviewed"}')
            await publish(topics, [broken])  # to dead letters; the rest goes on
            answer = await api.client.post("/v1/flags/reviews", json=asked | {"verdict": None})
            assert answer.status_code == 202
            await until(api, 1, None)
            trail = (await api.get("/v1/flags/reviews"))["reviews"]
            assert [(r["verdict"], r["reviewed_by"], r["holds"]) for r in trail] == [
                (None, "inspektorat", True),
                ("overturned", "inspektorat", False),
            ]
        assert scoring.terminate() == 0, scoring.tail()
