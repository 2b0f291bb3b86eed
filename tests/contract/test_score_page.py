"""The examples of docs/skor.md, computed: by the formula itself and by the independent oracle."""

import re
from datetime import datetime, timedelta
from typing import Any

from pantau.contracts.events import AccountRegistered, MetricsObserved
from pantau.contracts.fields import Platform
from pantau.score.formula import Inputs, Profile, Sums, rank_fleet
from pantau.score.normalisers import log_winsor, percentile
from pantau.score.rules import Metric, Normaliser, load_rules
from tests.support.oracle import Oracle
from tests.support.score_page import (
    MONDAY,
    PAGE,
    RULES,
    RULES_FILE,
    WIB,
    cells,
    comment,
    oracle,
    post,
    seen,
    table,
)

GIVEN: dict[str, Any] = {"views_readings": 1, "likes_readings": 1, "comments_observed": 1}


def number(text: str) -> float:
    """Written the Indonesian way: 12.000 and 0,5."""
    return float(text.replace(".", "").replace(",", "."))


def test_complete_example() -> None:
    rows = table("akun")
    fleet: dict[Any, Sums] = {}
    for name, *raw in (row[:5] for row in rows):
        figures = (int(number(written)) for written in raw)
        given: dict[str, Any] = dict(zip(("views", "posts", "comments", "likes"), figures, strict=True))
        fleet[name, Platform.INSTAGRAM] = Sums(**GIVEN, **given)
    profiles = tuple(Profile(row[0], "opd") for row in rows)
    ranking = rank_fleet(Inputs(profiles, fleet, fleet, {}), load_rules(RULES_FILE))
    scores = {s.account_id: s for s in ranking.scores}
    for name, *_, views, posts, comments, likes, total, rank in rows:
        score = scores[name]
        told = dict(zip(Metric, (number(n) for n in (views, posts, comments, likes)), strict=True))
        assert {metric: part.points for metric, part in score.parts.items()} == told
        assert (score.score, score.rank) == (number(total), int(rank))


def test_normalised_example() -> None:
    told = [number(cell) for cell in cells(re.findall(r"\| nilai \|.*", PAGE)[0])[1:]]
    assert [round(share, 4) for share in log_winsor([0, 20, 100, 400, 8000])[0]] == told


def test_gains_example() -> None:
    rows = table("dibaca pukul")
    readings = [
        (MONDAY.replace(hour=int(time[:2])), int(number(total)), int(number(gain)))
        for time, total, gain in rows
    ]
    for count in range(1, len(readings) + 1):
        events = [MetricsObserved(**seen(at), post_id="p", likes=total) for at, total, _ in readings[:count]]
        expected = sum(gain for _, _, gain in readings[:count])
        assert oracle(post("p"), *events)["raw"]["likes"] == expected


def given(text: str) -> int | None:
    """One of the figures of a row; a dash was not given."""
    figure = text.split("(", maxsplit=1)[0].strip()
    return None if figure == "–" else int(number(figure))


def test_each_rule_of_readings() -> None:
    rows = table("keadaan")
    assert len(rows) == 11
    for name, _, totals, gains in rows:
        old = "unggahan lama" in totals
        readings = [
            MetricsObserved(
                **seen(MONDAY + timedelta(seconds=n)),
                post_id="p",
                likes=given(total),
                definition_version="2" if "definisi baru" in total else "1",
            )
            for n, total in enumerate(totals.split(";"))
        ]
        published = post("p", MONDAY - timedelta(days=90 if old else 0))
        told = [given(gain) for gain in gains.split(";")]
        expected = [sum(gain or 0 for gain in told[: n + 1]) for n in range(len(told))]
        for count, total in enumerate(expected, 1):
            raw = oracle(published, *readings[:count])["raw"]["likes"]
            assert raw == (total if any(gain is not None for gain in told[:count]) else None), name


def test_a_late_reading_moves_the_gains_after_it() -> None:
    first, between, last = (
        MetricsObserved(**seen(MONDAY + timedelta(hours=n)), post_id="p", likes=likes)
        for n, likes in ((0, 10), (2, 90), (4, 50))
    )
    assert oracle(post("p"), first, last)["raw"]["likes"] == 10 + 40
    assert oracle(post("p"), first, last, between)["raw"]["likes"] == 10 + 80 + 0


def test_percentile_example() -> None:
    likes, shares = ([number(cell) for cell in row] for row in percentile_rows())
    assert percentile(likes)[0] == shares
    assert percentile([0, 0, 3, 5, 9])[0][:2] == [0.125, 0.125]


def percentile_rows() -> tuple[list[str], list[str]]:
    section = PAGE[PAGE.index("### `percentile`") :]
    heading, _, row = section[section.index("| suka |") :].splitlines()[:3]
    return cells(heading)[1:], cells(row)[1:]


def test_followers_example() -> None:
    section = PAGE[PAGE.index("### `per_1000_followers`") :]
    rows = [cells(line) for line in section[section.index("| Kecil |") :].splitlines()[:3]]
    fleet = {(name, Platform.INSTAGRAM): Sums(likes=int(number(likes)), **GIVEN) for name, likes, *_ in rows}
    followers = {(name, Platform.INSTAGRAM): int(number(count)) for name, _, count, _ in rows}
    rules = load_rules(RULES_FILE).model_copy(update={"normaliser": Normaliser.PER_1000_FOLLOWERS})
    ranking = rank_fleet(
        Inputs(tuple(Profile(row[0], "opd") for row in rows), fleet, fleet, followers), rules
    )
    shares = [ranking.platforms[key].parts[Metric.LIKES].normalised for key in fleet]
    assert shares == [round(share, 4) for share in log_winsor([number(row[3]) for row in rows])[0]]


def test_three_posts_are_one_short_from_the_first_of_december_on() -> None:
    account = AccountRegistered(
        account_id="a", name="A", short_name="A", onboarded_at=MONDAY, registered_at=MONDAY
    )
    posts = [post(f"p{n}", MONDAY + timedelta(days=n)) for n in range(3)]
    reading = MetricsObserved(**seen(MONDAY), post_id="p0", views=1, likes=1, comments=1)
    told = Oracle([account, *posts, reading], RULES)
    for now, missing in (
        (datetime(2026, 11, 30, 23, 59, tzinfo=WIB), 0),
        (datetime(2026, 12, 1, tzinfo=WIB), 1),
    ):
        november = told.month("2026-11", now)["a"]
        assert (november["posts_missing"], november["rank"]) == (missing, None if missing else 1)


def test_reading_of_an_old_post_is_a_baseline() -> None:
    july = datetime(2026, 7, 1, tzinfo=WIB)
    reading = MetricsObserved(**seen(MONDAY), post_id="p", views=50_000)
    assert oracle(post("p", july), reading)["raw"]["views"] == 0
    assert oracle(reading)["raw"]["views"] == 0


def test_eight_posts_on_a_monday() -> None:
    posts = [post(f"p{n}", MONDAY + timedelta(hours=n)) for n in range(8)]
    assert oracle(*posts)["raw"]["posts"] == 5
    assert oracle(*posts, post("p0", MONDAY, deleted=True))["raw"]["posts"] == 5


def test_ten_comments_of_one_person() -> None:
    ten = [comment(f"c{n}", "a" * 64) for n in range(10)]
    elsewhere = [comment(f"d{n}", "a" * 64, post_id="q") for n in range(10)]
    unknown = [comment(f"e{n}", None) for n in range(10)]
    assert oracle(post("p"), *ten)["raw"]["comments"] == 3
    assert oracle(post("p"), post("q"), *ten, *elsewhere)["raw"]["comments"] == 6
    assert oracle(post("p"), *unknown)["raw"]["comments"] == 10
    assert oracle(post("p", giveaway=True), *ten)["raw"]["comments"] == 0
    assert oracle(post("p"), *ten, comment("c0", "a" * 64, deleted=True))["raw"]["comments"] == 3


def test_comments_come_from_the_collection_where_there_is_one() -> None:
    counter = [
        MetricsObserved(**seen(MONDAY + timedelta(hours=hour)), post_id="p", comments=total)
        for hour, total in ((0, 120), (1, 150))
    ]
    collected = [comment(f"c{n}", f"{n:064x}", by_account=n < 5) for n in range(28)]
    old = post("p", MONDAY - timedelta(days=60))
    assert oracle(old, *counter)["raw"]["comments"] == 30
    assert oracle(old, *counter, *collected)["raw"]["comments"] == 23


def test_month_waits_for_three_days() -> None:
    late = post("p", datetime(2026, 10, 31, 23, tzinfo=WIB))
    moments = [
        datetime(2026, 11, 2, 12, tzinfo=WIB),
        datetime(2026, 11, 3, 23, 59, tzinfo=WIB),
        datetime(2026, 11, 4, 0, 0, tzinfo=WIB),
    ]
    comments = [comment(f"c{n}", None, created_at=at) for n, at in enumerate(moments)]
    account = AccountRegistered(
        account_id="a", name="A", short_name="A", onboarded_at=MONDAY, registered_at=MONDAY
    )
    months = Oracle([account, late, *comments], RULES)
    assert months.month("2026-10")["a"]["raw"]["comments"] == 2
    assert months.month("2026-11")["a"]["raw"]["comments"] is None
