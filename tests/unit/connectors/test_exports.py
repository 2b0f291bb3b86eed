"""Files as offices have them: exports, scrapes and spreadsheets, with what each must become."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.connectors.files.files import FileError, opened
from services.connectors.files.habits import Defaults
from services.connectors.files.layout import layout
from services.connectors.files.script import Script
from tests.unit.connectors.support import read, refused, sent_events

SAVED = datetime(2026, 11, 25, 9, 0, 1, tzinfo=UTC)
PAGE = "https://www.facebook.com/dinasuji/posts/pfbid0"
FACEBOOK = (
    '"Post ID","Page ID","Page name",Title,Description,"Publish time",Permalink,"Post type","Data comment",'
    'Date,Views,Reach,"Reactions, Comments and Shares",Reactions,Comments,Shares\n'
    f'1220000000000011,100077,"Dinas Uji","Donor darah 🩸\nhari Senin",,"11/23/2026 18:12",{PAGE}1,Photos,,'
    "Lifetime,2714,2011,64,50,9,5\n"
    f'1220000000000022,100077,"Dinas Uji",,"Loket tutup","11/04/2026 07:30",{PAGE}2,Videos,,'
    "Lifetime,812,640,12,8,3,1\n"
)
INDONESIAN = (
    "ID Postingan;ID Halaman;Nama Halaman;Judul;Waktu terbit;Permalink;Jenis postingan;Komentar data;Tanggal;"
    "Tayangan;Jangkauan;Reaksi;Komentar;Dibagikan\n"
    f"1220000000000033;100077;Dinas Uji;Donor darah;23/11/2026 18.12;{PAGE}3;Foto;;Seumur hidup;"
    "1.002.714;2.011;1.050;9;5\n"
    f"1,22E+15;100077;Dinas Uji;Loket tutup;24/11/2026 07.30;{PAGE}4;Foto;;Seumur hidup;2.714;640;8;3;1\n"
)
INSTAGRAM = (
    "Post ID,Account ID,Account username,Account name,Description,Publish time,Permalink,Post type,"
    "Data comment,Date,Views,Likes,Shares,Comments,Saves,Follows\n"
    "18010000000000001,17841400000000001,dinasuji,Dinas Uji,Isi,11/23/2026 06:08,"
    "https://www.instagram.com/reel/DR/,IG reel,,Lifetime,160,5,3,2,4,1\n"
)


def test_an_export_of_meta_business_suite_is_read(tmp_path: Path) -> None:
    script = read(tmp_path, FACEBOOK, account="dinkes", observed_at=SAVED)
    posts, readings = sent_events(script)[:2], sent_events(script)[2:]
    assert [(post["platform"], post["post_id"], post["text"], post["kind"]) for post in posts] == [
        ("facebook", "1220000000000011", "Donor darah 🩸\nhari Senin", "image"),
        ("facebook", "1220000000000022", "Loket tutup", "video"),
    ]
    # month before day, as the file's other date says
    assert [post["published_at"] for post in posts] == ["2026-11-23T11:12:00Z", "2026-11-04T00:30:00Z"]
    assert readings[0] == {
        "type": "metrics.observed",
        "account_id": "dinkes",
        "platform": "facebook",
        "post_id": "1220000000000011",
        "observed_at": "2026-11-25T09:00:01Z",
        "views": 2714,
        "likes": 50,
        "comments": 9,
        "shares": 5,
        "saves": None,
    }
    assert script.accounts()[0]["name"] == "Dinas Uji"
    assert refused(script) == []


def test_an_export_asks_for_its_account(tmp_path: Path) -> None:
    script = read(tmp_path, FACEBOOK)
    assert refused(script) == [
        ("the row names no account; give one with --account NAME", "file.csv row 1 (lines 2 to 3)")
    ]
    assert script.refusals.counts.total() == 2


def test_an_export_is_as_old_as_its_file_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(FACEBOOK, encoding="utf-8")
    os.utime(path, (SAVED.timestamp(), SAVED.timestamp()))
    script = Script(Defaults(account="dinkes"))
    script.read_file(opened(path))
    script.finish()
    found = [event["observed_at"] for event in sent_events(script) if "views" in event]
    assert found == ["2026-11-25T09:00:01Z"] * 2
    assert [assumed.counts["timed by file"] for assumed in script.assumed.values()] == [2]


def test_the_same_in_indonesian_after_a_spreadsheet(tmp_path: Path) -> None:
    script = read(tmp_path, INDONESIAN, account="dinkes", observed_at=SAVED)
    post, reading = sent_events(script)
    assert (post["published_at"], post["kind"], post["text"]) == (
        "2026-11-23T11:12:00Z",
        "image",
        "Donor darah",
    )
    assert [reading[name] for name in ("views", "likes", "comments", "shares", "saves")] == [
        *(1002714, 1050, 9, 5, None)
    ]
    [(words, place)] = refused(script)
    assert words.startswith("ID Postingan: '1,22E+15' is no id: a spreadsheet or data frame shortened it")
    assert place == "file.csv row 2 (line 3)"


def test_a_shortened_id_says_the_decimal_mark_of_its_file(tmp_path: Path) -> None:
    content = INDONESIAN.replace("1.002.714", "2.714")
    found = sent_events(read(tmp_path, content, account="dinkes", observed_at=SAVED))
    assert [event["views"] for event in found if "views" in event] == [2714]
    doubtful = content.replace("1,22E+15", "1220000000000044")
    script = read(tmp_path, doubtful, account="dinkes", observed_at=SAVED)
    assert sent_events(script) == []
    assert refused(script)[0][0].endswith("(--thousands . or ,)")


def test_the_account_columns_of_an_export_are_never_ours(tmp_path: Path) -> None:
    script = read(tmp_path, INSTAGRAM, account="dinkes", observed_at=SAVED)
    assert {event["account_id"] for event in sent_events(script)} == {"dinkes"}
    assert {event["platform"] for event in sent_events(script)} == {"instagram"}
    assert sent_events(script)[0]["kind"] == "reel"
    assert sent_events(script)[1]["saves"] == 4


def test_an_export_of_two_pages_is_not_given_to_one_account(tmp_path: Path) -> None:
    other = FACEBOOK.replace('100077,"Dinas Uji",,', '100088,"Dinas Lain",,')
    with pytest.raises(FileError, match=r"more than one page or account \(Dinas Lain, Dinas Uji\)"):
        read(tmp_path, other, account="dinkes")


def test_the_gains_of_single_days_are_no_totals(tmp_path: Path) -> None:
    script = read(tmp_path, FACEBOOK.replace("Lifetime", "11/24/2026"), account="dinkes")
    [(words, _)] = refused(script)
    assert words == "Date: '11/24/2026' makes it a gain of one day, no total; export with 'Lifetime'"


def test_ids_that_a_spreadsheet_shortened_are_refused_one_and_all(tmp_path: Path) -> None:
    rows = "".join(f"178{n}0000000000000,ig,dinkes,u{n},bagus,2026-11-2{n}T00:00:00Z\n" for n in range(5))
    script = read(tmp_path, "id,platform,account,author,text,created_at\n" + rows)
    assert sent_events(script) == []
    [(words, _)] = refused(script)
    assert words.startswith("id: ")
    assert "export it again with this column as text" in words


def counts_of(folder: Path, *views: str, **options: Any) -> list[int | None]:
    head = "platform;account_id;post_id;published_at;observed_at;views\n"
    rows = "".join(
        f"x;dinkes;p{n};2026-11-25T01:00Z;2026-11-25T06:00Z;{text}\n" for n, text in enumerate(views)
    )
    found = sent_events(read(folder, head + rows, **options))
    return [event["views"] for event in found if event["type"] == "metrics.observed"]


def test_a_count_is_read_as_the_other_counts_of_its_file(tmp_path: Path) -> None:
    assert counts_of(tmp_path, "12.000", "1.234.567", "-1", "tersembunyi") == [12_000, 1_234_567, None, None]
    assert counts_of(tmp_path, "12,000", "1,234,567") == [12_000, 1_234_567]
    assert counts_of(tmp_path, "12.000", "1,2 rb") == [12_000, 1_200]


def test_a_count_that_may_be_either_is_refused_unless_told(tmp_path: Path) -> None:
    assert counts_of(tmp_path, "12.000", "7") == [7]
    assert counts_of(tmp_path, "12.000", "1.234.567", "12,500", "1.2K") == [1_234_567, 1_200]
    assert counts_of(tmp_path, "12.000", "7", grouping=".") == [12_000, 7]
    assert counts_of(tmp_path, "12,000", "7", grouping=",") == [12_000, 7]


def test_hidden_likes_cost_the_likes_alone(tmp_path: Path) -> None:
    head = "platform,account_id,post_id,published_at,observed_at,views,likes,comments,likes_hidden\n"
    rows = (
        "ig,dinkes,p1,2026-11-25T01:00Z,2026-11-25T06:00Z,1200,-1,14,\n"
        "ig,dinkes,p2,2026-11-25T01:00Z,2026-11-25T06:00Z,900,3,4,true\n"
        "ig,dinkes,p3,2026-11-25T01:00Z,2026-11-25T06:00Z,800,N/A,5,false\n"
    )
    found = [event for event in sent_events(read(tmp_path, head + rows)) if "views" in event]
    assert [(each["views"], each["likes"], each["comments"]) for each in found] == [
        (1200, None, 14),
        (900, None, 4),
        (800, None, 5),
    ]


def test_names_of_platforms_as_people_write_them(tmp_path: Path) -> None:
    names = ["Twitter", "IG", "Instagram ", "FB", "TikTok", "threads"]
    rows = "".join(f"k{n},{name},dinkes,u,bagus,2026-11-25T02:00:00Z\n" for n, name in enumerate(names))
    script = read(tmp_path, "id,platform,account,author,text,created_at\n" + rows)
    found = {event["comment_id"]: event["platform"] for event in sent_events(script)}
    assert list(dict(sorted(found.items())).values()) == ["x", "instagram", "instagram", "facebook", "tiktok"]
    assert "platform: 'threads'" in refused(script)[0][0]


def test_names_of_authors_are_hashed_whatever_they_are_made_of(tmp_path: Path) -> None:
    names = ["Ibu Sri 👩‍⚕️", "Dewi 🫨", "مریم‌السادات", "Joko\u200f", "Budi\u00a0"]
    rows = "".join(f"k{n},fb,dinkes,{name},bagus,2026-11-25T02:0{n}:00Z\n" for n, name in enumerate(names))
    script = read(tmp_path, "id,platform,account,author,text,created_at\n" + rows)
    assert [event["author_id"] for event in sent_events(script)] == [*names[:3], "Joko", "Budi"]


def test_comments_without_id_and_time_need_both_options(tmp_path: Path) -> None:
    content = 'akun;text\nsatu;Bagus, lanjutkan\ndua;\ntiga;"PERCUMA, buang"" energi"\nempat;ya|@a amin\n'
    options: dict[str, Any] = {"account": "dinkes", "platform": "ig"}
    bare = read(tmp_path, content, **options)
    assert bare.refusals.counts.total() == 4
    [(words, place)] = refused(bare)
    assert words.endswith("no time (created_at); give --derive-ids and --observed-at INSTANT")
    assert place == "file.csv row 1 (line 2)"
    told = read(tmp_path, content, **options, observed_at=SAVED, derive_ids=True)
    found = {event["author_id"]: event for event in sent_events(told)}
    assert {author: event["text"] for author, event in found.items()} == {
        "satu": "Bagus, lanjutkan",
        "dua": "",
        "tiga": 'PERCUMA, buang" energi',
        "empat": "ya|@a amin",
    }
    assert {event["created_at"] for event in found.values()} == {"2026-11-25T09:00:01Z"}
    [assumed] = told.assumed.values()
    assert assumed.counts == {"derived id": 4, "timed by option": 4}


@pytest.mark.parametrize(
    "heading",
    [
        "ID Komentar;Nama Akun;Isi Komentar;Tanggal",
        "comment_id;username;comment;timestamp",
        "commentId;authorDisplayName;textDisplay;publishedAt",
        "cid;unique_id;text;create_time",
        "id_str;username;full_text;created_at",
    ],
)
def test_headings_of_comments_as_tools_write_them(tmp_path: Path, heading: str) -> None:
    content = f"{heading}\n17;sri;Bagus;2026-11-25 09:00:00\n"
    [event] = sent_events(read(tmp_path, content, account="dinkes", platform="yt"))
    assert [event[name] for name in ("comment_id", "author_id", "text", "created_at")] == [
        *("17", "sri", "Bagus", "2026-11-25T02:00:00Z")
    ]


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ("id platform account post_id parent_id author text created_at likes", "comment"),
        ("platform account_id post_id published_at observed_at views likes comments", "reading"),
        ("video_id published_at view_count like_count comment_count title", "reading"),
        ("video_id comment_id published_at text_display like_count", "comment"),
        ("post_id id text created_at likes", "comment"),
        ("ID Postingan;Waktu terbit;Tayangan;Komentar;Penulis", "reading"),
        ("akun;text", "comment"),
        ("platform account followers observed_at", "followers"),
    ],
)
def test_the_headings_say_what_the_rows_are(names: str, kind: str) -> None:
    found = layout(tuple(names.split(";") if ";" in names else names.split()))
    assert found is not None
    assert found.kind == kind


def test_headings_of_no_known_table() -> None:
    assert layout(("nama", "alamat")) is None


def test_the_zone_of_times_without_an_offset(tmp_path: Path) -> None:
    content = (
        "id,platform,account,author,text,created_at\n"
        "t1,ig,dinkes,1,Bagus,2026-11-26 05:40:00\nt2,ig,dinkes,2,Lama,2026-11-25T23:59:00Z\n"
    )
    script = read(tmp_path, content)
    assert [event["created_at"] for event in sent_events(script)] == [
        "2026-11-25T22:40:00Z",
        "2026-11-25T23:59:00Z",
    ]
    assert [assumed.counts["zoned"] for assumed in script.assumed.values()] == [1]
    other = read(tmp_path, content, zone=ZoneInfo("Asia/Makassar"))
    assert sent_events(other)[0]["created_at"] == "2026-11-25T21:40:00Z"


def test_posts_older_than_their_account_start_from_a_baseline(tmp_path: Path) -> None:
    head = "platform,account_id,post_id,published_at,observed_at,views\n"
    rows = (
        "fb,dinkes,f1,2026-11-25T08:00:00Z,2026-11-25T22:00:00Z,2714\n"
        "fb,dinkes,f2,2026-11-25T12:30:00Z,2026-11-25T22:00:00Z,812\n"
        "fb,dinkes,f2,2026-11-25T12:30:00Z,2026-11-25T23:00:00Z,900\n"
        "fb,dinkes,f3,2026-11-25T22:30:00Z,2026-11-25T23:00:00Z,5\n"
    )
    script = read(tmp_path, head + rows)
    watched = {each["account_id"]: datetime.fromisoformat(each["onboarded_at"]) for each in script.accounts()}
    assert watched == {"dinkes": datetime(2026, 11, 25, 22, tzinfo=UTC)}
    found = script.baselines.found(watched, timedelta(0))
    assert (found.posts, found.alone) == (2, 1)
    assert script.baselines.found({"dinkes": datetime(2026, 11, 1, tzinfo=UTC)}, timedelta(0)).posts == 0
    assert script.baselines.found({}, timedelta(0)).posts == 0


def test_what_the_store_will_keep_once_is_told(tmp_path: Path) -> None:
    head = "id,platform,account,author,text,created_at,observed_at\n"
    rows = (
        "k1,ig,dinkes,u1,bagus,2026-11-25T02:00:00Z,\n"
        "k1,ig,dinkes,u1,bagus,2026-11-25T02:00:00Z,\n"
        "k1,ig,dinkes,u1,bagus sekali,2026-11-25T02:00:00Z,2026-11-25T03:00:00Z\n"
        "k1,ig,dinkes,u2,lama,2026-11-25T04:00:00Z,\n"
    )
    script = read(tmp_path, head + rows)
    assert len(sent_events(script)) == 4
    assert sorted(words.split(";")[0] for words, _ in script.notes.examples.values()) == [
        "has the id of another comment, of another time or author",
        "stands here more than once, word for word",
    ]
    assert [place for _, place in script.notes.examples.values()] == [
        "file.csv row 2 (line 3)",
        "file.csv row 4 (line 5)",
    ]


def test_events_ahead_of_the_clock_are_found_with_the_furthest_last(tmp_path: Path) -> None:
    head = "id,platform,account,author,text,created_at\n"
    rows = "".join(f"k{n},ig,dinkes,u,bagus,2026-11-25T0{n}:00:00Z\n" for n in (3, 1, 2))
    script = read(tmp_path, head + rows)
    found = script.ahead(datetime(2026, 11, 25, 1, 30, tzinfo=UTC))
    assert [line.place for line in found] == ["file.csv row 3 (line 4)", "file.csv row 1 (line 2)"]


def test_columns_that_are_not_used_are_named_with_why(tmp_path: Path) -> None:
    content = (
        "id,platform,account,author,text,created_at,label,likes,cuaca,kosong\n"
        "k1,ig,dinkes,u,bagus,2026-11-25T02:00:00Z,positive,3,hujan,\n"
    )
    [assumed] = read(tmp_path, content).assumed.values()
    assert assumed.unused == {
        "label": "Pantau labels by itself",
        "likes": "a comment's likes and answers have no part in the score",
        "cuaca": "not known",
    }


def test_a_day_of_a_data_frame_and_a_clock_are_one_instant(tmp_path: Path) -> None:
    content = "id;platform;account;text;tanggal;jam\nk1;ig;dinkes;a;2026-11-24 00:00:00;18.12\n"
    [event] = sent_events(read(tmp_path, content))
    assert event["created_at"] == "2026-11-24T11:12:00Z"


def test_a_post_among_its_comments_is_not_one_of_them(tmp_path: Path) -> None:
    content = (
        "id,thread_id,body,author,timestamp\n"
        "p1,p1,Jadwal,dinkes,2026-11-24T11:12:00Z\nk1,p1,Bagus,sri,2026-11-24T11:13:00Z\n"
    )
    script = read(tmp_path, content, account="dinkes", platform="ig")
    assert [(event["comment_id"], event["post_id"]) for event in sent_events(script)] == [("k1", "p1")]
    assert refused(script)[0][0].startswith("the row is the post itself")


@pytest.mark.parametrize(
    "heading", ["isAuthor", "Is Page Owner", "dari_admin", "by_creator", "authorIsChannelOwner"]
)
def test_the_account_itself_is_told_by_many_headings(tmp_path: Path, heading: str) -> None:
    content = f"id,platform,account,text,created_at,{heading}\nk1,ig,dinkes,a,2026-11-24T11:12:00Z,ya\n"
    assert sent_events(read(tmp_path, content))[0]["by_account"] is True


def test_a_heading_that_stands_twice_is_told(tmp_path: Path) -> None:
    content = "id,Text,text,text,platform,account,created_at\nk1,a,b,c,ig,dinkes,2026-11-24T11:12:00Z\n"
    script = read(tmp_path, content)
    assert sent_events(script)[0]["text"] == "a"
    [assumed] = script.assumed.values()
    assert assumed.unused == dict.fromkeys(
        ("text", "text (4)"), "the heading stands twice, the first is used"
    )


def test_followers_are_of_the_account_that_the_row_names(tmp_path: Path) -> None:
    content = (
        "akun;platform;tanggal;pengikut\ndinkes;ig;24/11/2026;1.234.567\ndiskominfo;ig;24/11/2026;12.345\n"
    )
    found = {event["account_id"]: event["followers"] for event in sent_events(read(tmp_path, content))}
    assert found == {"dinkes": 1_234_567, "diskominfo": 12_345}
