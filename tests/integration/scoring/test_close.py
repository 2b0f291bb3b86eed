"""The official month on the real engine: equal to the oracle, frozen once, corrected by revisions."""

import asyncio
import json
import random
from datetime import timedelta
from typing import Any

import pytest

from pantau.contracts.events import Event, LabelledComment
from pantau.contracts.fields import Platform
from pantau.runtime import clickhouse
from pantau.runtime.errors import RetryableError
from pantau.score import month_inputs as close_facts
from pantau.score.month_document import Json, digest, loaded
from pantau.score.official import read_document, read_revisions, read_scores
from pantau.score.rules import Normaliser, Rules
from services.scoring.close.closing import CloseRefusedError, DiffersError
from services.scoring.close.verify import verify
from tests.support.close import (
    ACCOUNTS,
    FACTS,
    HOUR,
    MATURE,
    OCTOBER,
    RULES,
    SPAN,
    closed,
    comment,
    connected,
    october,
    registered,
    seen,
    write,
)
from tests.support.oracle import Oracle

SECOND = timedelta(seconds=1)


def by_oracle(events: list[Event], rules: Rules) -> dict[str, dict[str, Any]]:
    return Oracle(events, rules.model_dump(mode="json")).month("2026-10", MATURE)


def comparable(scores: Json) -> dict[str, dict[str, Any]]:
    return {
        account: {
            **{name: score[name] for name in ("score", "rank", "completeness", "group", "posts_missing")},
            "points": {metric: part["points"] for metric, part in score["parts"].items()},
            "raw": {metric: part["raw"] for metric, part in score["parts"].items()},
            "sentiment": (score["positive"], score["neutral"], score["negative"]),
        }
        for account, score in scores.items()
    }


async def test_frozen_scores_equal_the_oracle(clickhouse_database_url: str) -> None:
    events = october()
    async with connected(clickhouse_database_url) as client:
        await write(client, events)
        closing = await closed(client)
        assert closing.revision is not None
        stored = loaded(await read_document(client, closing.revision))
        others = [RULES.model_copy(update={"normaliser": normaliser}) for normaliser in Normaliser]
        tried = [(rules, await closed(client, rules=rules, dry_run=True)) for rules in others]
    expected = by_oracle(events, RULES)
    assert comparable(stored["results"]["scores"]) == expected
    assert any(score["rank"] for score in expected.values())
    assert closing.differing_buckets == []
    for rules, other in tried:
        assert comparable(other.stored["results"]["scores"]) == by_oracle(events, rules)


async def test_sensitivity_gives_the_ranks_that_the_other_rules_would_give(
    clickhouse_database_url: str,
) -> None:
    events = october()
    async with connected(clickhouse_database_url) as client:
        await write(client, events)
        told = (await closed(client)).stored["results"]["sensitivity"]
    own = by_oracle(events, RULES)
    assert set(told["ranks"]) == {"percentile", "share_of_max", "per_1000_followers"}
    for name, ranks in told["ranks"].items():
        other = by_oracle(events, RULES.model_copy(update={"normaliser": Normaliser(name)}))
        assert ranks == {account: score["rank"] for account, score in other.items()}
        first = [
            [a for a in ACCOUNTS if of[a]["rank"] == place] for of in (own, other) for place in (1, 2, 3)
        ]
        assert (name in told["changes_under"]) == (first[:3] != first[3:])


async def test_again_in_any_order_and_after_merges_the_hash_is_the_same(clickhouse_database_url: str) -> None:
    events = october()
    async with connected(clickhouse_database_url) as client:
        await write(client, events)
        first = await closed(client)
        await write(client, random.Random(2).sample(events, k=len(events)), size=150)
        for table in (*FACTS, "month_buckets"):
            await client.command(f"OPTIMIZE TABLE {table} FINAL")
        again = await closed(client, now=MATURE + timedelta(days=100))
        assert (again.revision, again.frozen_now) == (first.revision, False)
        for table in FACTS:
            await client.command(f"TRUNCATE TABLE {table}")
        await write(client, events[::-1], size=1000)
        assert (await closed(client)).sha256 == first.sha256
        assert len(await read_revisions(client)) == 1


async def test_inputs_tell_sums_followers_posts_and_what_was_left_out(clickhouse_database_url: str) -> None:
    at = SPAN.start + HOUR
    events = [
        *october(),
        comment("akun-0", "x1", "p0", at, by_account=True),
        comment("akun-0", "x2", "p0", at, deleted=True),
        comment("akun-0", "alone", None, at),
        comment("akun-0", "later", None, SPAN.until),
        registered("tidur", active=False),
        comment("tidur", "z", None, at),
    ]
    async with connected(clickhouse_database_url) as client:
        await write(client, events)
        inputs = (await closed(client)).stored["inputs"]
    assert set(inputs["accounts"]) == set(ACCOUNTS)
    assert inputs["accounts"]["akun-1"]["platforms"]["instagram"]["followers"] == 1000
    assert inputs["posts"]["akun-0"]["instagram"][""]["comments"] == 1
    facts = inputs["facts"]
    eligible = facts["comments"]["counted"] + facts["comments"]["left_out"]
    of_comments = [facts["comments"][name] for name in ("deleted", "by_the_account")]
    assert facts["comments"]["read"] == eligible + sum(of_comments)
    posts = facts["posts"]
    assert posts["read"] == posts["counted"] + posts["deleted"] + posts["over_the_daily_limit"]
    assert posts["counted"] == sum(
        post.get("posts", 0) for of in inputs["posts"].values() for post in of["instagram"].values()
    )


async def test_until_72_hours_after_its_end_a_month_is_refused(clickhouse_database_url: str) -> None:
    async with connected(clickhouse_database_url) as client:
        await write(client, october())
        with pytest.raises(CloseRefusedError, match=r"from 2026-11-04 00:00 WIB \(2026-11-03T17:00Z\) on"):
            await closed(client, now=MATURE - SECOND)
        assert await read_revisions(client) == []
        assert (await closed(client, now=MATURE)).frozen_now


async def test_a_month_without_facts_is_refused(clickhouse_database_url: str) -> None:
    async with connected(clickhouse_database_url) as client:
        await write(client, [registered("akun-0")])
        with pytest.raises(CloseRefusedError, match="nothing is known of 2026-10"):
            await closed(client)


async def test_a_late_event_needs_a_reason_and_makes_a_further_revision(clickhouse_database_url: str) -> None:
    events = october()
    late = [comment("akun-0", f"late-{n}", "p0", SPAN.start + HOUR, author=f"{n:064x}") for n in range(40)]
    async with connected(clickhouse_database_url) as client:
        await write(client, events)
        first = await closed(client)
        await write(client, late)
        with pytest.raises(DiffersError, match="revision 1") as refused:
            await closed(client)
        moved = [each.account_id for each in refused.value.differences.accounts]
        assert "akun-0" in moved
        assert "1 posts contribute differently: akun-0/instagram/p0" in refused.value.differences.inputs
        second = await closed(client, reason="comments came late", now=MATURE + HOUR)
        revisions = await read_revisions(client, OCTOBER)
        documents = [loaded(await read_document(client, each)) for each in revisions]
    assert [(each.revision, each.reason) for each in revisions] == [(1, ""), (2, "comments came late")]
    assert [each.sha256 for each in revisions] == [first.sha256, second.sha256]
    assert comparable(documents[0]["results"]["scores"]) == by_oracle(events, RULES)
    assert comparable(documents[1]["results"]["scores"]) == by_oracle([*events, *late], RULES)


async def test_what_comes_after_the_closing_instant_changes_nothing(clickhouse_database_url: str) -> None:
    events = october()
    async with connected(clickhouse_database_url) as client:
        await write(client, events)
        await closed(client)
        late = [comment("akun-0", "too-late", "p0", MATURE), comment("akun-1", "nov", None, SPAN.until)]
        said = [event for event in events if isinstance(event, LabelledComment)]
        read_again = [event.model_copy(update={"observed_at": MATURE + HOUR}) for event in said]
        await write(client, [*late, *read_again])
        assert not (await closed(client)).frozen_now


async def test_other_rules_are_told_and_need_a_reason(clickhouse_database_url: str) -> None:
    rules = RULES.model_copy(update={"version": "2026-9", "max_posts_per_day": 1})
    async with connected(clickhouse_database_url) as client:
        await write(client, october())
        await closed(client)
        with pytest.raises(DiffersError) as refused:
            await closed(client, rules=rules)
        assert f"max_posts_per_day: {RULES.max_posts_per_day} → 1" in refused.value.differences.rules
        tried = await closed(client, rules=rules, dry_run=True)
        assert (tried.frozen_now, tried.revision and tried.revision.revision) == (False, 1)
        await closed(client, rules=rules, reason="limit lowered by decree")
        assert [each.rules_version for each in await read_revisions(client)] == [RULES.version, "2026-9"]


async def test_simulated_data_is_frozen_only_when_asked_and_marked(clickhouse_database_url: str) -> None:
    invented = comment("akun-0", "demo", "p0", SPAN.start + HOUR, simulated=True)
    async with connected(clickhouse_database_url) as client:
        await write(client, [*october(), invented])
        with pytest.raises(CloseRefusedError, match="demo feed"):
            await closed(client)
        closing = await closed(client, simulated=True)
        assert closing.stored["simulated"]
        assert [each.simulated for each in await read_revisions(client)] == [True]


async def test_buckets_that_say_otherwise_are_told_and_the_facts_hold(clickhouse_database_url: str) -> None:
    events = october()
    async with connected(clickhouse_database_url) as client:
        await write(client, events)
        await client.command(
            "INSERT INTO month_buckets SELECT * REPLACE(likes + 5 AS likes, version + 1 AS version)"
            " FROM month_buckets FINAL WHERE account_id = 'akun-2' AND month = '2026-10-01' LIMIT 1"
        )
        closing = await closed(client)
    assert [line.split(":")[0] for line in closing.differing_buckets] == ["akun-2 on instagram"]
    assert comparable(closing.stored["results"]["scores"]) == by_oracle(events, RULES)


async def test_two_closers_at_once_freeze_one_revision(clickhouse_database_url: str) -> None:
    """One saw facts and rules that the other did not; the server takes the first document alone."""
    other = RULES.model_copy(update={"version": "2026-9"})
    async with connected(clickhouse_database_url) as one, connected(clickhouse_database_url) as two:
        await write(one, october())
        outcomes = await asyncio.gather(
            *(closed(c, rules=r) for c, r in ((one, RULES), (two, other))), return_exceptions=True
        )
        refused = [each for each in outcomes if isinstance(each, CloseRefusedError)]
        revisions = await read_revisions(one)
        assert (len(refused), [each.revision for each in revisions]) == (1, [1])
        assert (await one.query("SELECT count() FROM official_months")).result_rows == [(1,)]
        assert (await verify(one, revisions[0])).holds


async def test_two_closers_of_the_same_facts_both_find_it_frozen(clickhouse_database_url: str) -> None:
    async with connected(clickhouse_database_url) as one, connected(clickhouse_database_url) as two:
        await write(one, october())
        first, second = await asyncio.gather(closed(one), closed(two))
        assert first.revision == second.revision
        assert (await one.query("SELECT count() FROM official_months")).result_rows == [(1,)]


async def test_a_crash_before_the_document_leaves_nothing_that_is_read(
    clickhouse_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = clickhouse.insert

    async def dies(client: Any, table: str, *given: Any) -> None:
        if table == "official_months":
            raise OSError("the power went")
        await insert(client, table, *given)

    async with connected(clickhouse_database_url) as client:
        await write(client, october())
        monkeypatch.setattr(clickhouse, "insert", dies)
        with pytest.raises(OSError, match="power"):
            await closed(client)
        assert await read_revisions(client) == []
        monkeypatch.undo()
        closing = await closed(client)
        assert closing.revision is not None
        assert len(await read_scores(client, closing.revision)) == len(ACCOUNTS)
        assert (await verify(client, closing.revision)).holds


async def test_facts_that_do_not_stand_still_are_not_frozen(
    clickhouse_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = close_facts._read
    names = iter(range(100))

    async with connected(clickhouse_database_url) as client:

        async def busy(*given: Any) -> Any:
            await write(client, [comment("akun-0", f"n{next(names)}", None, SPAN.start)])
            return await read(*given)

        await write(client, october())
        monkeypatch.setattr(close_facts, "_read", busy)
        with pytest.raises(RetryableError, match="keep coming in"):
            await closed(client)
        assert await read_revisions(client) == []


async def test_the_document_is_canonical_and_survives_storage(clickhouse_database_url: str) -> None:
    odd = comment("akun-0", "ö", "pos ❤ \"\\'", SPAN.start + HOUR)
    tiktok = seen("akun-0", SPAN.start + HOUR, Platform.TIKTOK)
    async with connected(clickhouse_database_url) as client:
        await write(client, [*october(), odd, odd.model_copy(update=tiktok)])
        closing = await closed(client)
        assert closing.revision is not None
        content = await read_document(client, closing.revision)
    assert content == closing.content
    assert digest(content) == closing.sha256
    assert content == json.dumps(json.loads(content), sort_keys=True, separators=(",", ":")).encode()
