import asyncio
import csv
import gzip
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest import inbound
from services.ingest.replay.files import FileError, Row, rows
from services.ingest.replay.pace import batches
from services.ingest.replay.rows import Defaults, RowError, mapped
from services.ingest.replay.script import Line, Script

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHARED = Path("../shared/data")
COMMENT: dict[str, Any] = {
    "id": "c1",
    "platform": "instagram",
    "account": "dinkes",
    "post_id": None,
    "parent_id": None,
    "author": "u1",
    "text": "mantap",
    "label": "positive",
    "label_by": "human",
    "likes": 3,
    "created_at": "2021-03-01",
}
READING: dict[str, Any] = {
    "platform": "youtube",
    "account_id": "UC1",
    "account_name": "Kanal Satu",
    "post_id": "v1",
    "published_at": "2020-07-05T09:33:33Z",
    "observed_at": "2020-07-08",
    "views": "10",
    "likes": "2",
    "dislikes": "1",
    "comments": "3",
    "shares": None,
    "saves": None,
    "title": "Judul",
}


def events(fields: Mapping[str, Any], **defaults: str) -> list[dict[str, Any]]:
    found = mapped(fields, Defaults(**defaults)).events
    return [orjson.loads(orjson.dumps(event, option=orjson.OPT_UTC_Z)) for event in found]


def script_of(*named: tuple[str, Sequence[Mapping[str, Any]]], now: datetime | None = None) -> Script:
    script = Script(Defaults())
    for name, fields in named:
        script.read(Path(name), [Row(number, dict(row)) for number, row in enumerate(fields, 1)])
    script.finish(now)
    return script


def sent(script: Script) -> list[bytes]:
    return [line.json for line in script.shifted()]


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
        (None, "the row is not readable"),
        ({"a": 1}, "neither a comment"),
        (COMMENT | {"account": None}, "the row names no account; give one with --account NAME"),
        (COMMENT | {"platform": None}, "the row names no platform; give one with --platform NAME"),
        (COMMENT | {"created_at": None}, "created_at is missing"),
        (COMMENT | {"created_at": "kemarin"}, "created_at is not an ISO 8601 date or time"),
        (READING | {"published_at": None}, "published_at is missing"),
        (READING | {"account_id": None}, "the row names no account"),
        (READING | {"views": "24.1K"}, "views is not a whole number"),
        (READING | {"likes": "-1"}, "likes is not a whole number"),
    ],
)
def test_rows_that_give_no_event_say_why(fields: dict[str, Any] | None, reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        mapped(fields, Defaults())


def test_the_command_line_fills_what_rows_leave_open() -> None:
    fields = COMMENT | {"account": None, "platform": None}
    event = events(fields, account="dinsos", platform="x")[0]
    assert (event["account_id"], event["platform"]) == ("dinsos", "x")
    assert events(COMMENT, account="dinsos")[0]["account_id"] == "dinkes"


def test_every_event_is_acceptable_to_ingest() -> None:
    for fields in (COMMENT, READING, READING | {"comments_disabled": "True", "views": None}):
        for event in events(fields):
            inbound.read(event, NOW)


def test_a_post_is_told_once_by_its_earliest_reading() -> None:
    later = READING | {"observed_at": "2020-07-09", "title": "Judul baru"}
    script = script_of(("a.csv", [later, READING, later]))
    kinds = [orjson.loads(line)["type"] for line in sent(script)]
    assert kinds == ["post.observed", *["metrics.observed"] * 3]
    assert orjson.loads(sent(script)[0])["text"] == "Judul"


def test_the_same_post_under_two_accounts_is_two_posts() -> None:
    script = script_of(("a.csv", [READING, READING | {"account_id": "UC2"}]))
    assert sum(b'"post.observed"' in line for line in sent(script)) == 2


ROWS = [
    READING | {"post_id": f"v{n % 5}", "observed_at": f"2020-07-{8 + n % 9:02}", "views": str(n)}
    for n in range(40)
]


@given(st.permutations(ROWS), st.integers(0, 40))
def test_order_of_rows_and_files_does_not_matter(shuffled: list[dict[str, Any]], cut: int) -> None:
    expected = sent(script_of(("all.csv", ROWS)))
    assert sent(script_of(("b.csv", shuffled[:cut]), ("a.csv", shuffled[cut:]))) == expected


def test_events_of_all_files_come_in_order_of_time() -> None:
    comments = [COMMENT | {"id": f"c{day}", "created_at": f"2020-07-{day:02}"} for day in (20, 5, 11)]
    script = script_of(("a.jsonl", comments), ("b.csv", ROWS))
    instants = [line.at for line in script.shifted()]
    assert instants == sorted(instants)


def test_shifting_moves_every_instant_alike_and_ends_now() -> None:
    comments = [COMMENT | {"id": str(day), "created_at": f"2021-03-{day:02}T01:02:03Z"} for day in (1, 9)]
    plain, shifted = script_of(("a", comments), ("b", ROWS)), script_of(("a", comments), ("b", ROWS), now=NOW)
    moved = NOW - datetime(2021, 3, 9, 1, 2, 3, tzinfo=UTC)
    for before, after in zip(sent(plain), sent(shifted), strict=True):
        old, new = orjson.loads(before), orjson.loads(after)
        for name in ("created_at", "published_at", "observed_at"):
            if name in old:
                assert datetime.fromisoformat(new.pop(name)) == datetime.fromisoformat(old.pop(name)) + moved
        assert new == old
    assert orjson.loads(sent(shifted)[-1])["observed_at"] == "2026-11-21T12:00:00Z"


def test_accounts_are_watched_from_their_earliest_event() -> None:
    script = script_of(("a.csv", ROWS), ("b.jsonl", [COMMENT]))
    assert script.accounts() == [
        {
            "account_id": "UC1",
            "name": "Kanal Satu",
            "short_name": "Kanal Satu",
            "onboarded_at": "2020-07-08T00:00:00+00:00",
        },
        {
            "account_id": "dinkes",
            "name": "dinkes",
            "short_name": "dinkes",
            "onboarded_at": "2021-03-01T00:00:00+00:00",
        },
    ]
    shifted = script_of(("b.jsonl", [COMMENT]), now=NOW)
    assert shifted.accounts()[0]["onboarded_at"] == "2026-11-21T12:00:00+00:00"


def test_refusals_are_counted_with_their_first_row() -> None:
    script = script_of(("a.jsonl", [COMMENT, COMMENT | {"account": None}, COMMENT | {"account": None}]))
    reason = "the row names no account; give one with --account NAME"
    assert script.refusals.counts == {reason: 2}
    assert script.refusals.examples == {reason: "a.jsonl row 2"}


def csv_of(fields: Sequence[Mapping[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(fields[0]))
    writer.writeheader()
    writer.writerows(fields)
    return text.getvalue().encode()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_files_are_recognised_by_their_content(tmp_path: Path, pack: Any, bom: bytes) -> None:
    readings, comments = tmp_path / "a.dat", tmp_path / "b.dat"
    multiline = READING | {"title": 'baris\nkedua, "kutip"', "tags": "x" * 200_000}
    readings.write_bytes(pack(bom + csv_of([multiline, multiline])))
    comments.write_bytes(pack(bom + orjson.dumps(COMMENT) + b"\n\n" + orjson.dumps(COMMENT) + b"\n"))
    assert [row.fields for row in rows(readings)] == [multiline, multiline]
    assert [row.fields for row in rows(comments)] == [COMMENT, COMMENT]


def test_broken_rows_are_numbered_and_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"id":1}\n{"id":\n[]\n\xff\n{"id":2}\n')
    assert [(row.number, row.fields) for row in rows(file)] == [
        (1, {"id": 1}),
        (2, None),
        (3, None),
        (4, None),
        (5, {"id": 2}),
    ]
    file.write_bytes(b"id,text\n1,a\n2\n3,b,c\n4,\n")
    whole, short, long, empty = (row.fields for row in rows(file))
    assert (whole, short, long) == ({"id": "1", "text": "a"}, None, None)
    assert empty == {"id": "4", "text": None}


@pytest.mark.parametrize("content", [b"", gzip.compress(b"{}\n" * 1000)[:-9], b"a,b\n\xff\xfe,1\n"])
def test_files_that_are_broken_as_a_whole(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a"
    file.write_bytes(content)
    with pytest.raises(FileError):
        list(rows(file))


def line(at: int, size: int = 10) -> Line:
    return Line(at, 0, b"x" * size, "a", 1)


async def collected(lines: Iterator[Line], speed: float | None) -> list[int]:
    return [len(batch) async for batch in batches(lines, speed)]


async def test_batches_are_bounded_in_events_and_bytes() -> None:
    assert await collected(iter([line(n) for n in range(1_200)]), None) == [500, 500, 200]
    assert await collected(iter([line(n, 1_500_000) for n in range(5)]), None) == [2, 2, 1]
    assert await collected(iter([]), None) == []


async def test_time_passes_by_the_factor() -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    minute = 60_000_000
    assert sum(await collected(iter([line(0), line(minute), line(2 * minute)]), 600)) == 3
    assert loop.time() - started >= 0.2


REAL_FILES = sorted(SHARED.glob("[ce]*/*.gz"))


@pytest.mark.parametrize("path", [Path("own sample"), *REAL_FILES], ids=lambda path: path.name)
def test_every_row_of_real_files_gives_acceptable_events(path: Path, tmp_path: Path) -> None:
    if not path.exists():
        path = tmp_path / "sample.csv"
        path.write_bytes(csv_of(ROWS))
    script = Script(Defaults(account="dinkes"))
    script.read(path, rows(path))
    script.finish()
    assert not script.refusals.counts
    for each in script.lines[:: max(1, len(script.lines) // 2_000)]:
        inbound.read(orjson.loads(each.json), NOW)
