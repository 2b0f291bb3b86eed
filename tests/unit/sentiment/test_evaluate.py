import csv
import gzip
import io
import json
from pathlib import Path

import numpy as np
import pytest
from typer import Typer
from typer.testing import CliRunner

from services.sentiment.evaluate.__main__ import calibration_error, macro_f1, main, quality
from services.sentiment.evaluate.labelled_file import UnreadableFileError, read
from services.sentiment.inference.labels import UnknownLabelsError

ROWS = [
    ("pelayanan buruk, kecewa", "negatif"),
    ("jam berapa buka?", "Neutral"),
    ("mantap, terima kasih", "positive"),
]

command = Typer()
command.command()(main)


def write(path: Path, rows: list[tuple[str, str | None]] | None = None) -> Path:
    file = io.StringIO(newline="")
    if ".jsonl" in path.name:
        file.writelines(json.dumps({"text": t, "label": n}) + "\n" for t, n in rows or ROWS)
    else:
        table = csv.writer(file, delimiter="\t" if ".tsv" in path.name else ",")
        table.writerows([("text", "label"), *(rows or ROWS)])
    content = file.getvalue().encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.csv.gz", "a.tsv.gz", "a.jsonl.gz"])
def test_every_format_reads_the_same(tmp_path: Path, name: str) -> None:
    assert read(write(tmp_path / name)) == [(ROWS[0][0], 0), (ROWS[1][0], 1), (ROWS[2][0], 2)]


def test_rows_without_a_label_are_left_out(tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.jsonl", [("satu", None), ("dua", "netral")])) == [("dua", 1)]


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"\.csv"):
        read(tmp_path / "a.xlsx")
    with pytest.raises(UnknownLabelsError, match="senang"):
        read(write(tmp_path / "b.csv", [("satu", "senang")]))
    (tmp_path / "c.csv").write_text("komentar,label\nsatu,netral\n")
    with pytest.raises(UnreadableFileError, match="komentar"):
        read(tmp_path / "c.csv")
    (tmp_path / "d.csv").write_text("text,label\n")
    with pytest.raises(UnreadableFileError, match="no labelled rows"):
        read(tmp_path / "d.csv")
    for name, content in (
        ("e.jsonl", b"{\n"),
        ("f.ndjson", b"[1]\n"),
        ("g.csv", b"text,label\n\xff,netral\n"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UnreadableFileError, match=name):
            read(tmp_path / name)


def test_a_spreadsheets_byte_order_mark_is_no_part_of_a_column(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\nsatu,netral\n", encoding="utf-8-sig")
    assert read(tmp_path / "a.csv") == [("satu", 1)]


def test_scores_of_a_known_confusion() -> None:
    given, predicted = [0, 0, 1, 1, 2, 2], [0, 1, 1, 1, 2, 0]
    result = quality(given, np.eye(3)[predicted])
    assert result.confusion == [[1, 1, 0], [0, 2, 0], [1, 0, 1]]
    assert result.accuracy == pytest.approx(4 / 6)
    assert result.classes["neutral"].precision == pytest.approx(2 / 3)
    assert result.classes["neutral"].recall == 1
    assert result.macro_f1 == pytest.approx((1 / 2 + 4 / 5 + 2 / 3) / 3)
    assert macro_f1(given, predicted) == result.macro_f1


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    sure = np.tile([0.8, 0.1, 0.1], (10, 1))
    assert calibration_error(np.array([0] * 8 + [1] * 2), sure) == pytest.approx(0)
    assert calibration_error(np.array([0] * 3 + [1] * 7), sure) == pytest.approx(0.5)


def test_the_command_prints_a_table_and_json(tmp_path: Path) -> None:
    file = str(write(tmp_path / "a.csv"))
    table = CliRunner().invoke(command, [file])
    assert table.exit_code == 0
    assert "macro-F1" in table.stdout
    told = json.loads(CliRunner().invoke(command, [file, "--json"]).stdout)
    assert told["rows"] == 3
    assert np.sum(told["confusion"]) == 3


def test_the_command_explains_a_bad_file(tmp_path: Path) -> None:
    file = str(write(tmp_path / "a.csv", [("satu", "senang")]))
    done = CliRunner().invoke(command, [file])
    assert done.exit_code == 2
    assert "senang" in done.stderr
