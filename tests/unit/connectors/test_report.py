from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from services.connectors.files.report import Sent, report
from services.connectors.files.script import Script
from tests.unit.connectors.support import read

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SAVED = datetime(2026, 11, 25, 9, tzinfo=UTC)


def told(script: Script, *, onboarded_at: datetime = NOW - timedelta(days=30), accepted: int = 0) -> str:
    text = StringIO()
    report(Console(file=text, width=2_000), script, Sent(accepted, {"dinkes": onboarded_at}), NOW)
    return text.getvalue()


def test_the_last_line_says_how_many_were_accepted(tmp_path: Path) -> None:
    script = read(tmp_path, "id,text,created_at\nk1,bagus,2026-11-25T02:00:00Z\n")
    assert told(script, accepted=7).splitlines()[-1] == "accepted 7, refused 1"


def test_refusals_are_told_with_the_value_and_the_first_row(tmp_path: Path) -> None:
    head = "id,platform,account,author,text,created_at\n"
    rows = "".join(f"k{n},ig,dinkes,u,bagus,{when}\n" for n, when in enumerate(("besok", "lusa")))
    [line] = [each for each in told(read(tmp_path, head + rows)).splitlines() if "no time that can" in each]
    assert line.split()[0] == "2"
    assert "created_at: 'besok' is no time" in line
    assert line.rstrip().endswith("file.csv row 1 (line 2)")


def test_what_was_assumed_is_told_with_the_option_that_says_otherwise(tmp_path: Path) -> None:
    content = "Laporan\nakun;text;cuaca;label\nsatu;Bagus;hujan;positif\n".encode("utf-16")
    options: dict[str, Any] = {
        "account": "dinkes",
        "platform": "ig",
        "observed_at": SAVED,
        "derive_ids": True,
    }
    lines = told(read(tmp_path, content, **options)).splitlines()
    assert lines[:5] == [
        "file.csv: read as utf-16-le",
        "file.csv: the heading is taken from line 2",
        "file.csv: 1 row without a time, read as of --observed-at",
        "file.csv: 1 row without an id, given one made from what they say",
        "file.csv: columns not used: label (Pantau labels by itself); cuaca (not known)",
    ]
    times = (
        "id,platform,account,text,created_at\nk1,ig,dinkes,a,2026-11-25 02:00\nk2,ig,dinkes,b,2026-11-24\n"
    )
    [line] = [each for each in told(read(tmp_path, times)).splitlines() if "offset" in each]
    assert line == "file.csv: 2 times without an offset, read as of Asia/Jakarta (--zone)"


def test_baselines_are_told_with_what_to_do(tmp_path: Path) -> None:
    content = (
        "platform,account_id,post_id,published_at,observed_at,views\n"
        "fb,dinkes,f1,2026-11-25T08:00:00Z,2026-11-25T11:00:00Z,2714\n"
        "fb,dinkes,f2,2026-11-25T10:00:00Z,2026-11-25T11:00:00Z,812\n"
    )
    script = read(tmp_path, content)
    [line] = [each for each in told(script, onboarded_at=SAVED).splitlines() if "baseline" in each]
    assert line.startswith("1 post was published before the account was onboarded")
    assert "With only one reading here: 1; these count 0 until a later reading is sent" in line
    assert "POST /v1/accounts?update=true" in line
    assert "baseline" not in told(script)


def test_events_of_the_future_are_told(tmp_path: Path) -> None:
    head = "id,platform,account,author,text,created_at\n"
    script = read(tmp_path, head + "k1,ig,dinkes,u,bagus,2026-11-25T19:00:00Z\n")
    [line] = [each for each in told(script).splitlines() if "ahead" in each]
    assert line.startswith(
        "1 event is up to 7.0 h ahead of this machine's clock, first file.csv row 1 (line 2)"
    )
    assert "--zone" in line


def test_notes_are_told_by_reason(tmp_path: Path) -> None:
    head = "id,platform,account,author,text,created_at\n"
    rows = "k1,ig,dinkes,1.79E+16,a,2026-11-25T02:00Z\nk2,ig,dinkes,1.79E+16,b,2026-11-25T03:00Z\n"
    text = told(read(tmp_path, head + rows))
    [line] = [each for each in text.splitlines() if "without its author" in each]
    assert line.split()[0] == "2"
    assert "author: '1.79E+16'" in line


def test_file_without_rows_is_told(tmp_path: Path) -> None:
    for content in ("id,platform,account,author,text,created_at\n", "[]", "null"):
        assert told(read(tmp_path, content)).splitlines()[0] == "file.csv: holds no rows"


def test_of_many_unknown_columns_the_first_are_named(tmp_path: Path) -> None:
    names = [f"kolom{n}" for n in range(100)]
    content = f"id,text,{','.join(names)}\nk1,a,{','.join('x' for _ in names)}\n"
    [line] = [each for each in told(read(tmp_path, content)).splitlines() if "not used" in each]
    assert line.endswith("kolom29 and 70 more (not known)")
