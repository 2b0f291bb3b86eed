import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.connectors.files.files import Row
from services.connectors.files.habits import Defaults
from services.connectors.files.rows import RowError, RowReader
from services.ingest.events import inbound
from tests.unit.connectors.support import COMMENT, READING, events

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_comment_row() -> None:
    assert events(COMMENT) == [
        {
            "type": "comment.observed",
            "account_id": "dinkes",
            "platform": "instagram",
            "comment_id": "c1",
            "post_id": None,
            "parent_id": None,
            "author_id": "u1",
            "text": "mantap",
            "created_at": "2021-03-01T00:00:00Z",
            "observed_at": "2021-03-01T00:00:00Z",
        }
    ]


def test_a_reading_row_tells_of_the_post_and_its_counts() -> None:
    post, reading = events(READING)
    assert post == {
        "type": "post.observed",
        "account_id": "UC1",
        "platform": "youtube",
        "post_id": "v1",
        "published_at": "2020-07-05T09:33:33Z",
        "observed_at": "2020-07-05T09:33:33Z",
        "kind": "video",
        "text": "Judul",
        "permalink": "https://www.youtube.com/watch?v=v1",
    }
    assert reading == {
        "type": "metrics.observed",
        "account_id": "UC1",
        "platform": "youtube",
        "post_id": "v1",
        "observed_at": "2020-07-08T00:00:00Z",
        "views": 10,
        "likes": 2,
        "comments": 3,
        "shares": None,
        "saves": None,
    }


@pytest.mark.parametrize(
    ("change", "name", "value"),
    [
        ({"comments": "0", "comments_disabled": "True"}, "comments", None),
        ({"comments": "0", "comments_disabled": "False"}, "comments", 0),
        ({"likes": "0", "ratings_disabled": "True"}, "likes", None),
        ({"likes": "0", "ratings_disabled": "True"}, "comments", 3),
        ({"views": None}, "views", None),
        ({"views": "0"}, "views", 0),
        ({"views": "123.0"}, "views", 123),
        ({"observed_at": "2025-02-14T12:14:56"}, "observed_at", "2025-02-14T12:14:56Z"),
        ({"observed_at": "2025-02-14 12:14:56"}, "observed_at", "2025-02-14T12:14:56Z"),
        ({"observed_at": "2025-02-14T12:14:56+07:00"}, "observed_at", "2025-02-14T05:14:56Z"),
        ({"observed_at": "2025-08-11T15:57:10.132743+00:00"}, "observed_at", "2025-08-11T15:57:10.132743Z"),
    ],
)
def test_readings_with_traps(change: dict[str, Any], name: str, value: object) -> None:
    assert events(READING | change)[1][name] == value


@pytest.mark.parametrize(
    ("change", "kind", "text", "permalink"),
    [
        ({"media_type": "photo", "caption": "Isi", "title": None, "shortcode": "DN"}, "image", "Isi", "DN/"),
        ({"media_type": "video", "caption": "Isi", "title": None, "shortcode": "DN"}, "video", "Isi", "DN/"),
        ({"title": None}, "other", "", None),
    ],
)
def test_posts_of_other_files(change: dict[str, Any], kind: str, text: str, permalink: str | None) -> None:
    post = events(READING | {"platform": "instagram"} | change)[0]
    assert (post["kind"], post["text"]) == (kind, text)
    assert (post["permalink"] or "").endswith(permalink or "")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (None, "the row is not readable: torn"),
        ({"a": 1, "b": 2}, "columns of no known table (a, b)"),
        (COMMENT | {"account": None}, "the row names no account; give one with --account NAME"),
        (COMMENT | {"platform": None}, "the row names no platform; give one with --platform NAME"),
        (COMMENT | {"platform": "threads"}, "platform: 'threads' is not one of the platforms watched here"),
        (
            COMMENT | {"created_at": None},
            "the comment has no time (created_at); give --observed-at INSTANT",
        ),
        (
            COMMENT | {"id": "N/A", "created_at": ""},
            "no id (comment_id) and no time (created_at); give --derive-ids and --observed-at INSTANT",
        ),
        (COMMENT | {"created_at": "kemarin"}, "created_at: 'kemarin' is no time that can be read"),
        (COMMENT | {"created_at": "03/04/2026"}, "order (--date-order dmy or mdy)"),
        (COMMENT | {"deleted": "mungkin"}, "deleted: 'mungkin' is neither true nor false"),
        (COMMENT | {"text": ["a"]}, "text: a list is no text"),
        (COMMENT | {"id": {"a": 1}}, "id: an object is no id"),
        (READING | {"published_at": None}, "the row has no published_at"),
        (READING | {"observed_at": None}, "when it was read (observed_at); give --observed-at INSTANT"),
        (READING | {"post_id": None}, "the row has no post_id"),
        (READING | {"account_id": None}, "the row names no account"),
        (READING | {"account_id": "1.79E+16"}, "account_id: '1.79E+16' is no id"),
        (READING | {"views": "12.000"}, "(--thousands . or ,)"),
        (READING | {"likes": "banyak"}, "likes: 'banyak' is not a whole number"),
    ],
)
def test_rows_that_give_no_event_say_why(fields: dict[str, Any] | None, reason: str) -> None:
    with pytest.raises(RowError, match=re.escape(reason)):
        events(fields)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"by_account": True}, {"by_account": True}),
        ({"author_is_uploader": "True"}, {"by_account": True}),
        ({"is_owner": "ya"}, {"by_account": True}),
        ({"by_account": "tidak"}, {}),
        ({"deleted": 1, "text": None}, {"deleted": True}),
        ({"simulated": "true"}, {"simulated": True}),
    ],
)
def test_what_a_comment_says_of_itself_is_sent(change: dict[str, Any], expected: dict[str, bool]) -> None:
    event = events(COMMENT | change)[0]
    assert {name: event[name] for name in ("by_account", "deleted", "simulated") if name in event} == expected


def test_a_later_look_at_a_comment_keeps_its_own_time() -> None:
    event = events(COMMENT | {"deleted": True, "text": "", "observed_at": "2021-03-02T00:00:00Z"})[0]
    assert (event["created_at"], event["observed_at"]) == ("2021-03-01T00:00:00Z", "2021-03-02T00:00:00Z")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"giveaway": "ya"}, {"giveaway": True}),
        ({"boosted": "1"}, {"boosted": True}),
        ({"deleted": "true"}, {"deleted": True}),
    ],
)
def test_what_was_found_out_about_a_post_was_seen_when_it_was_read(
    change: dict[str, str], expected: dict[str, bool]
) -> None:
    post = events(READING | change)[0]
    assert {name: post[name] for name in expected} == expected
    assert post["observed_at"] == "2020-07-08T00:00:00Z"


def test_the_version_of_a_platforms_figures_and_simulation_are_kept() -> None:
    post, reading = events(READING | {"definition_version": "2", "simulated": "true"})
    assert (reading["definition_version"], reading["simulated"], post["simulated"]) == ("2", True, True)


@pytest.mark.parametrize("names", [("followers", "observed_at"), ("Pengikut", "Tanggal")])
def test_a_row_of_followers(names: tuple[str, str]) -> None:
    row = {"account": "dinkes", "platform": "IG", names[0]: "45 210", names[1]: "2026-11-21T03:00:00Z"}
    assert events(row) == [
        {
            "type": "followers.observed",
            "account_id": "dinkes",
            "platform": "instagram",
            "observed_at": "2026-11-21T03:00:00Z",
            "followers": 45210,
        }
    ]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "post.observed", "post_id": "p", "published_at": "2026-11-20T00:00:00Z", "boosted": True},
        {"type": "metrics.observed", "post_id": "p", "observed_at": "2026-11-20T00:00:00Z", "views": 5},
        {"type": "followers.observed", "observed_at": "2026-11-20T00:00:00Z", "followers": 5},
        {
            "type": "comment.observed",
            "comment_id": "c",
            "created_at": "2026-11-20T00:00:00Z",
            "text": "ya",
            "author_id": "u",
            "by_account": True,
        },
    ],
    ids=lambda event: event["type"],
)
def test_events_as_the_http_interface_takes_them_may_stand_in_a_file(event: dict[str, Any]) -> None:
    given = event | {"account_id": "dinkes", "platform": "facebook"}
    [found] = events(given)
    assert {name: found[name] for name in given} == given
    inbound.read(found, NOW)


def test_an_author_that_cannot_be_read_costs_the_author_and_is_noted() -> None:
    found = RowReader(Defaults()).mapped(Row(1, COMMENT | {"author": "1.79E+16"}))
    assert found.events[0]["author_id"] is None
    assert found.events[0]["text"] == "mantap"
    [note] = found.notes
    assert note.startswith("author: '1.79E+16' is no id: a spreadsheet or data frame shortened it")


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        ("2026-11-26 05:40:00", "2026-11-25T22:40:00Z"),
        ("2026-11-26", "2026-11-25T17:00:00Z"),
        ("26/11/2026 05.40", "2026-11-25T22:40:00Z"),
        ("2026-11-26T05:40:00Z", "2026-11-26T05:40:00Z"),
        ("26 Nov 2026 05.40 WITA", "2026-11-25T21:40:00Z"),
        (1795565000, "2026-11-25T00:03:20Z"),
        ("1795565000123", "2026-11-25T00:03:20.123000Z"),
    ],
)
def test_only_times_without_an_offset_are_of_the_zone(value: object, instant: str) -> None:
    assert events(COMMENT | {"created_at": value}, zone=ZoneInfo("Asia/Jakarta"))[0]["created_at"] == instant


def test_a_day_and_a_clock_in_columns_of_their_own_are_one_time() -> None:
    row = {name: value for name, value in COMMENT.items() if name != "created_at"}
    event = events(row | {"tanggal": "26/11/2026", "jam": "05.40"})[0]
    assert event["created_at"] == "2026-11-26T05:40:00Z"


def test_a_derived_id_is_of_what_the_row_says() -> None:
    rows = [COMMENT | {"id": None, "text": text} for text in ("mantap", "bagus", "mantap")]

    def ids() -> list[str]:
        reader = RowReader(Defaults(derive_ids=True))
        return [reader.mapped(Row(n, row)).events[0]["comment_id"] for n, row in enumerate(rows, 1)]

    assert len(set(ids())) == 3
    assert ids() == ids()
    assert all(identifier.startswith("derived-") for identifier in ids())
    assert events(COMMENT, derive_ids=True)[0]["comment_id"] == "c1"


@pytest.mark.parametrize(
    ("name", "values"),
    [("author", ("budi", "sri")), ("text", ("hubungi 0812-3456-7890", "hubungi 0813-9876-5432"))],
)
def test_a_derived_id_gives_nobody_away(name: str, values: tuple[str, str]) -> None:
    [one], [other] = (events(COMMENT | {"id": None, name: value}, derive_ids=True) for value in values)
    assert one["comment_id"] == other["comment_id"]


def test_a_comments_address_says_its_platform() -> None:
    row = COMMENT | {"platform": None, "postUrl": "https://www.instagram.com/p/DR/"}
    assert events(row)[0]["platform"] == "instagram"


@pytest.mark.parametrize(
    ("permalink", "platform"),
    [
        ("https://www.facebook.com/dinas/posts/1", "facebook"),
        ("instagram.com/p/DN/", "instagram"),
        ("https://youtu.be/abc", "youtube"),
        ("https://twitter.com/a/status/1", "x"),
    ],
)
def test_a_permalink_says_the_platform(permalink: str, platform: str) -> None:
    row = READING | {"platform": None, "permalink": permalink}
    assert {event["platform"] for event in events(row, platform="tiktok")} == {platform}


def test_a_list_of_posts_without_counts_is_one_of_posts() -> None:
    row = {"platform": "x", "account": "dinkes", "post_id": "1", "text": "Buka", "published_at": "2026-11-01"}
    assert [event["type"] for event in events(row)] == ["post.observed"]
    (comment,) = events(row | {"id": "c1", "author": "u1"})
    assert (comment["type"], comment["comment_id"]) == ("comment.observed", "c1")


def test_the_command_line_fills_what_rows_leave_open() -> None:
    fields = COMMENT | {"account": None, "platform": None}
    event = events(fields, account="dinsos", platform="x")[0]
    assert (event["account_id"], event["platform"]) == ("dinsos", "x")
    assert events(COMMENT, account="dinsos")[0]["account_id"] == "dinkes"


def test_every_event_is_acceptable_to_ingest() -> None:
    for fields in (COMMENT, READING, READING | {"comments_disabled": "True", "views": None}):
        for event in events(fields):
            inbound.read(event, NOW)
