from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from pantau.contracts.fields import Platform
from pantau.runtime.accounts_file import load_accounts
from services.connectors.demo import phrases
from services.connectors.demo.feed import DAY, Feed, Size
from services.connectors.demo.fleet import Channel, fleet
from services.connectors.demo.posts import Event
from services.ingest.events.validate import Accepted, Validator

START = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
LIVE = timedelta(minutes=30)
SMALL = Size(posts=60, comments=600)


@pytest.fixture(scope="module")
def channels() -> list[Channel]:
    agencies = [(a.account_id, a.short_name or a.name) for a in load_accounts(Path("deploy/accounts.yaml"))]
    return fleet(agencies, Random(1))


@pytest.fixture(scope="module")
def told(channels: list[Channel]) -> list[Event]:
    return Feed(channels, Random("1"), START, SMALL).until(START + LIVE)


def of_type(events: list[Event], kind: str) -> list[Event]:
    return [event for event in events if event["type"] == kind]


def test_the_same_seed_and_start_give_the_same_events(channels: list[Channel], told: list[Event]) -> None:
    feed = Feed(channels, Random("1"), START, SMALL)
    piecewise = feed.until(START)
    for second in range(0, int(LIVE.total_seconds()) + 1, 7):
        piecewise += feed.until(START + timedelta(seconds=second))
    piecewise += feed.until(START + LIVE)
    assert piecewise == told


def test_another_start_shares_no_ids(channels: list[Channel], told: list[Event]) -> None:
    other = Feed(channels, Random("1"), START + timedelta(seconds=1), SMALL).until(START + LIVE)
    for name in ("post_id", "comment_id"):
        assert {e[name] for e in told if name in e}.isdisjoint({e[name] for e in other if name in e})


def test_every_event_is_acceptable_and_marked(channels: list[Channel], told: list[Event]) -> None:
    validator = Validator({channel.account_id for channel in channels}.__contains__, b"k" * 32)
    items: list[Any] = [orjson.loads(orjson.dumps(event, option=orjson.OPT_UTC_Z)) for event in told]
    verdicts = validator.validate(items, START + LIVE)
    assert all(isinstance(verdict, Accepted) for verdict in verdicts)
    assert all(event["simulated"] is True for event in told)


def test_events_come_in_the_order_of_time(told: list[Event]) -> None:
    instants = [event["observed_at"] for event in told]
    assert instants == sorted(instants)
    assert instants[0] >= START - DAY


def test_all_accounts_and_platforms_take_part(channels: list[Channel], told: list[Event]) -> None:
    assert len({channel.account_id for channel in channels}) == 51
    assert {channel.platform for channel in channels} == set(Platform)
    assert {e["account_id"] for e in of_type(told, "followers.observed")} == {c.account_id for c in channels}


def test_the_default_day_has_the_promised_size(channels: list[Channel]) -> None:
    counts = Counter(event["type"] for event in Feed(channels, Random("1"), START, Size()).until(START))
    assert 200 <= counts["post.observed"] <= 210
    assert 2_800 <= counts["comment.observed"] <= 3_700
    assert 3_000 <= counts["metrics.observed"] <= 5_000


def test_comments_flow_at_the_given_rate(told: list[Event]) -> None:
    live = [e for e in of_type(told, "comment.observed") if e["observed_at"] > START]
    assert 0.4 < len(live) / LIVE.total_seconds() < 0.8


def test_nothing_flows_at_rate_zero_and_without_a_day_before(channels: list[Channel]) -> None:
    nothing = Size(posts=0, comments=0, comments_per_second=0, posts_per_hour=0)
    still = Feed(channels, Random("1"), START, nothing)
    assert {event["type"] for event in still.until(START + LIVE)} == {"followers.observed"}


def test_counters_rise_and_sometimes_fall(told: list[Event]) -> None:
    readings: dict[str, list[Event]] = defaultdict(list)
    for event in of_type(told, "metrics.observed"):
        readings[event["post_id"]].append(event)
    steps = [
        after["likes"] - before["likes"] for series in readings.values() for before, after in pairwise(series)
    ]
    assert sum(step > 0 for step in steps) > 10 * sum(step < 0 for step in steps) > 0


def test_some_counts_are_not_given(told: list[Event]) -> None:
    readings = of_type(told, "metrics.observed")
    for name in ("views", "shares", "saves"):
        given = Counter(event[name] is not None for event in readings)
        assert given[True]
        assert given[False]
    assert {e["platform"] for e in readings if e["views"] is None} == {"facebook"}


def test_comments_are_answered_edited_and_deleted(told: list[Event]) -> None:
    comments = of_type(told, "comment.observed")
    ids = {event["comment_id"] for event in comments}
    replies = [event for event in comments if event.get("by_account")]
    assert replies
    assert all(reply["parent_id"] in ids for reply in replies)
    assert any(event.get("deleted") for event in comments)
    assert any(event["text"].endswith("(edit)") for event in comments)
    again = Counter(event["comment_id"] for event in comments)
    assert max(again.values()) == 2


def test_an_incident_is_a_wave_against_one_account(told: list[Event]) -> None:
    begins = START + timedelta(minutes=4)
    wave = [
        event["account_id"]
        for event in of_type(told, "comment.observed")
        if begins <= event["observed_at"] < begins + timedelta(minutes=6)
    ]
    assert Counter(wave).most_common(1)[0][1] > len(wave) * 0.35


def test_comments_are_varied() -> None:
    rng = Random(1)
    for mood in ("positive", "neutral", "negative"):
        texts = {phrases.comment(mood, rng, topic="KTP", agency="Disdukcapil") for _ in range(1_000)}
        assert len(texts) > 500
        assert not any("{" in text or text != text.strip() for text in texts)
