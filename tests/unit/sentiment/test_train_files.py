import csv
import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from services.sentiment.evaluate.labelled_file import UnreadableFileError
from services.sentiment.inference.labels import LABELS, UnknownLabelsError
from services.sentiment.train.corpus import Row
from services.sentiment.train.files import TooFewRowsError, gather, rows_of

NAMES = ("negatif", "netral", "positif")


def table(path: Path, rows: list[tuple[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    return path


def many(count: int) -> list[tuple[str, str]]:
    return [(f"komentar nomor {index} {name}", name) for index in range(count) for name in NAMES]


@pytest.mark.parametrize("name", ["koreksi.ndjson", "koreksi.ndjson.gz", "koreksi.jsonl"])
def test_corrections_as_the_api_exports_them_are_read(tmp_path: Path, name: str) -> None:
    lines = [
        {"text": "Bagus BANGET @dinas", "label": "positive", "corrected_at": "2026-11-21T10:00:00Z"},
        {"text": "   ", "label": "neutral"},
    ]
    content = "".join(json.dumps(line) + "\n\n" for line in lines).encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    assert rows_of(path) == [Row("bagus banget usermention", 2)]


def test_a_correction_overrules_the_label_of_an_earlier_file(tmp_path: Path) -> None:
    first = table(tmp_path / "a.csv", [*many(12), ("Jalan rusak!", "positif")])
    second = table(tmp_path / "b.csv", [("jalan rusak!", "negatif")])
    valid = table(tmp_path / "v.csv", [(f"lain {name}", name) for name in NAMES])
    rows = gather([first, second], valid, held_out=0.1, seed=1).train
    assert [row.label for row in rows if row.text == "jalan rusak!"] == [0]


def test_validation_texts_are_never_learned_from(tmp_path: Path) -> None:
    rows = many(15)
    valid = table(tmp_path / "v.csv", [(text.upper(), name) for text, name in rows[:6]])
    found = gather([table(tmp_path / "a.csv", rows)], valid, held_out=0.1, seed=1)
    assert {row.text for row in found.validation}.isdisjoint(row.text for row in found.train)
    assert len(found.train) == len(rows) - 6


def test_the_split_is_seeded_keeps_the_mix_and_ignores_the_order_of_rows(tmp_path: Path) -> None:
    rows = many(40)
    ahead, back = table(tmp_path / "a.csv", rows), table(tmp_path / "b.csv", rows[::-1])
    one, two = (gather([path], None, held_out=0.1, seed=3).validation for path in (ahead, back))
    assert set(one) == set(two)
    assert Counter(row.label for row in one) == {0: 4, 1: 4, 2: 4}
    assert set(gather([ahead], None, held_out=0.1, seed=4).validation) != set(one)


def test_too_few_rows_are_refused_with_their_counts(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", [*many(12), ("satu lagi", "netral")])
    with pytest.raises(TooFewRowsError, match=r"at least 20 rows of every label.*neutral 12"):
        gather([path], None, held_out=0.1, seed=1, fewest=20)


def test_rows_without_a_label_or_with_an_unknown_one_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text('{"text": "a", "sentiment": "x"}\n', encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="line 1: needs text and label"):
        rows_of(path)
    path.write_text('{"text": "a", "label": "marah"}\n', encoding="utf-8")
    with pytest.raises(UnknownLabelsError, match="marah"):
        rows_of(path)


def test_labels_are_indices_into_the_common_order(tmp_path: Path) -> None:
    rows = rows_of(table(tmp_path / "a.csv", many(1)))
    assert [str(LABELS[row.label]) for row in rows] == ["negative", "neutral", "positive"]
