import codecs
import csv
import gzip
import io
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.connectors.files.files import FileError, Row, opened
from services.connectors.files.table import Table, table
from tests.unit.connectors.support import COMMENT, READING, csv_of

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": str.encode,
    "UTF-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16 with a mark": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "big-endian UTF-16 with a mark": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "UTF-16": lambda text: text.encode("utf-16-le"),
    "big-endian UTF-16": lambda text: text.encode("utf-16-be"),
    "UTF-32 with a mark": lambda text: text.encode("utf-32"),
}
DELIMITERS = (",", ";", "\t", "|")
HEADING = ["id", "text", "author", "created_at"]
# Letters and all that means something to a table or to an encoding.
CELLS = st.text(st.sampled_from("ab é🔥\"',;|\t\n0"), max_size=8)
ROW = st.lists(CELLS, min_size=4, max_size=4).filter(lambda cells: bool("".join(cells).strip()))
TABLES = st.lists(ROW, min_size=1, max_size=6)


def written(rows: list[list[str]], delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(HEADING)
    writer.writerows(rows)
    return text.getvalue()


def cells_of(found: Table) -> list[list[str]]:
    return [list(row.cells) for row in found.rows()]


def rows(folder: Path, content: bytes | str) -> list[Row]:
    path = folder / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(opened(path))


PACKINGS: list[Callable[[bytes], bytes]] = [bytes, gzip.compress]
QUOTINGS = (csv.QUOTE_ALL, csv.QUOTE_MINIMAL)


@given(
    TABLES,
    st.sampled_from(DELIMITERS),
    st.sampled_from(QUOTINGS),
    st.sampled_from(sorted(ENCODINGS)),
    st.sampled_from(PACKINGS),
)
@example([["", "", "", "\n|||"], ["", "", "", "\n0"]], "|", csv.QUOTE_ALL, "UTF-8", bytes)
def test_a_table_is_read_as_it_was_written(  # noqa: PLR0917 - hypothesis gives them by place
    tmp_path_factory: pytest.TempPathFactory,
    given_rows: list[list[str]],
    delimiter: str,
    quoting: int,
    encoding: str,
    pack: Callable[[bytes], bytes],
) -> None:
    content = ENCODINGS[encoding](written(given_rows, delimiter, quoting))
    found = rows(tmp_path_factory.mktemp("table"), pack(content))
    expected = [dict(zip(HEADING, (cell or None for cell in cells), strict=True)) for cells in given_rows]
    assert [row.fields for row in found] == expected


@given(TABLES, st.sampled_from(DELIMITERS))
def test_windows_1252_is_read_as_such(
    tmp_path_factory: pytest.TempPathFactory, given_rows: list[list[str]], delimiter: str
) -> None:
    named = [[*cells[:3], "Café – “bagus”"] for cells in given_rows]
    text = written(named, delimiter).replace("🔥", "ñ")
    found = rows(tmp_path_factory.mktemp("table"), text.encode("cp1252"))
    assert [row.fields and row.fields["created_at"] for row in found] == ["Café – “bagus”"] * len(named)


BROKEN = st.sampled_from(
    (
        'x,"katanya "gratis" tapi bayar",y,2026',
        'x,"tidak ditutup,y,2026',
        'x,tidak,"ditutup,2026',
        "x,kurang,2026",
        "x,lebih,satu,sel,2026",
        "x,rusak\0,y,2026",
        '"x"y,a,b,2026',
    )
)


@given(TABLES, TABLES, BROKEN)
@example([["a", "b", "c", "d"]], [["a", ',"b', "c", "d"]], 'x,"tidak ditutup,y,2026')
@example([["a", "b", "c", "d"]], [["a", "satu\ndua", "c", "d"]], 'x,"tidak ditutup,y,2026')
def test_a_broken_row_costs_itself_alone(
    before: list[list[str]], after: list[list[str]], broken: str
) -> None:
    head = written(before)
    tail = written(after).split("\r\n", 1)[1]
    found = list(table(f"{head}{broken}\r\n{tail}").rows())
    assert [list(row.cells) for row in found if not row.fault] == before + after
    assert [row.line for row in found if row.fault] == [head.count("\n") + 1]


def test_a_cell_of_several_lines_may_look_like_rows() -> None:
    text = 'id,text,author,created_at\r\n1,"a,b,c,d\r\n2,b,c,d",u,x\r\n3,b,c,d\r\n'
    assert cells_of(table(text)) == [["1", "a,b,c,d\r\n2,b,c,d", "u", "x"], ["3", "b", "c", "d"]]


def test_a_quote_inside_a_cell_without_quotes_is_a_sign() -> None:
    text = 'id,text\n1,layar 5" pecah\n2,5" x 3"\n3,bagus\n'
    assert cells_of(table(text)) == [["1", 'layar 5" pecah'], ["2", '5" x 3"'], ["3", "bagus"]]


def test_a_broken_row_of_several_lines_is_one_row() -> None:
    text = 'id,text,author\n1,"satu "dua\ntiga empat\nlima",u\n2,bagus,u\n'
    found = list(table(text).rows())
    assert [(row.line, row.last_line, row.cells) for row in found] == [
        (2, 4, ()),
        (5, 5, ("2", "bagus", "u")),
    ]
    assert [bool(row.fault) for row in found] == [True, False]


@pytest.mark.parametrize("mark", DELIMITERS)
def test_excels_own_line_names_the_delimiter(mark: str) -> None:
    found = table(f"sep={mark}\r\nid{mark}text\r\n1{mark}a\r\n")
    assert (found.heading, cells_of(found)) == (("id", "text"), [["1", "a"]])


def test_commas_in_the_text_of_a_semicolon_file_are_text() -> None:
    found = table("akun;text\nsatu;a, b, c\ndua;d, e\n")
    assert cells_of(found) == [["satu", "a, b, c"], ["dua", "d, e"]]


def test_a_row_with_other_delimiters_than_the_heading_is_told_apart() -> None:
    [row] = table("id,text,author\n1;bagus;u\n").rows()
    assert row.fault == "cells between ';', where those of the heading are between ','"


def test_a_table_of_one_column_is_one() -> None:
    assert cells_of(table("text\na, b\nc; d\n")) == [["a, b"], ["c; d"]]


def test_rows_that_a_spreadsheet_of_another_locale_kept_in_one_cell_are_taken_apart() -> None:
    found = table('id,text,author\n1,bagus,u\n"2,""a, b"",u"\n')
    assert cells_of(found) == [["1", "bagus", "u"], ["2", "a, b", "u"]]


def test_empty_cells_and_rows_too_many_are_a_spreadsheets() -> None:
    found = table("id;text;;\n1;a;;\n;;;\n\n2;b;;\n")
    assert (found.heading, cells_of(found)) == (("id", "text"), [["1", "a"], ["2", "b"]])


def test_titles_above_a_table_are_passed_over(tmp_path: Path) -> None:
    content = "Laporan Komentar;;\n;;\nKomentar ID;Isi Komentar;Tanggal\nk1;bagus;2026-11-24\n"
    content = content.replace("Komentar ID", "ID Komentar")
    [row] = rows(tmp_path, content)
    assert row == Row(1, {"ID Komentar": "k1", "Isi Komentar": "bagus", "Tanggal": "2026-11-24"}, 4, "", 4)


def test_headings_that_are_empty_or_stand_twice_are_called_by_their_place(tmp_path: Path) -> None:
    [row] = rows(tmp_path, "id,text,text,,x\n1,a,b,c,d\n")
    assert row.fields == {"id": "1", "text": "a", "text (3)": "b", "column (4)": "c", "x": "d"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_machine(end: str) -> None:
    assert cells_of(table(f"id,text{end}1,a{end}2,b")) == [["1", "a"], ["2", "b"]]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_files_are_recognised_by_their_content(
    tmp_path: Path, pack: Callable[[bytes], bytes], mark: bytes
) -> None:
    multiline = READING | {"title": 'baris\nkedua, "kutip"', "tags": "x" * 200_000}
    line = orjson.dumps(COMMENT)
    assert [row.fields for row in rows(tmp_path, pack(mark + csv_of([multiline, multiline])))] == [
        multiline,
        multiline,
    ]
    for content in (line + b"\n\n" + line + b"\n", b"[" + line + b",\n" + line + b"]"):
        assert [row.fields for row in rows(tmp_path, pack(mark + content))] == [COMMENT, COMMENT]


def test_broken_lines_of_json_are_numbered_and_alone(tmp_path: Path) -> None:
    found = rows(tmp_path, b'{"id":1}\n{"id":\n[]\n{"id":"\xff"}\n\xef\xbb\xbf{"id":2}\n')
    assert [(row.number, row.fields, row.fault) for row in found] == [
        (1, {"id": 1}, ""),
        (2, None, "not JSON; one object a line is needed"),
        (3, None, "no JSON object"),
        (4, None, "characters that UTF-8 does not know; save it as UTF-8"),
        (5, {"id": 2}, ""),
    ]


@given(st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=3), min_size=1), min_size=1), st.data())
def test_a_broken_element_of_an_array_costs_itself_alone(
    tmp_path_factory: pytest.TempPathFactory, objects: list[dict[str, str]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(objects)))
    items = [orjson.dumps(each).decode() for each in objects]
    items.insert(place, '{"id": "rusak')
    found = rows(tmp_path_factory.mktemp("array"), "[\n" + ",\n".join(items) + "\n]")
    assert [row.fields for row in found if row.fields is not None] == objects
    assert [row.line for row in found if row.fields is None] == [place + 2]


def test_an_array_that_was_cut_off_loses_its_last_element(tmp_path: Path) -> None:
    found = rows(tmp_path, '[{"id": "1"}, {"id": "2"}, {"id": "3", "te')
    assert [row.fields for row in found] == [{"id": "1"}, {"id": "2"}, None]


@pytest.mark.parametrize(
    "content", ['{"data": [{"id": "1"}], "paging": {}}', '{\n "data": [\n{"id": "1"}\n]}']
)
def test_the_answer_of_an_api_holds_its_rows(tmp_path: Path, content: str) -> None:
    assert [row.fields for row in rows(tmp_path, content)] == [{"id": "1"}]


def test_a_data_frames_nan_is_nothing(tmp_path: Path) -> None:
    [row] = rows(tmp_path, '{"id": "1", "likes": NaN, "views": 18446744073709551616}')
    assert row.fields == {"id": "1", "likes": None, "views": 18446744073709551616}


def test_a_damaged_row_does_not_make_its_file_windows_1252(tmp_path: Path) -> None:
    found = rows(tmp_path, "id,text\n1,bagus 👍\n".encode() + b"2,rusak \xff\n3,oke\n")
    assert [row.fields for row in found] == [
        {"id": "1", "text": "bagus 👍"},
        None,
        {"id": "3", "text": "oke"},
    ]
    assert found[1].fault == "characters that its encoding does not know; save it as CSV UTF-8"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\r\n", "the file is empty"),
        (gzip.compress(b"{}\n" * 1000, mtime=0)[:-9], "if it was packed or copied, do that again"),
        (b"PK\x03\x04...xl/workbook.xml", "an Excel workbook (xlsx) or another ZIP archive"),
        (gzip.compress(b"PK\x03\x04...", mtime=0), "'CSV UTF-8'"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel workbook (xls)"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><html>", "a web page (HTML)"),
        (b"<table><tr><td>", "a web page (HTML)"),
        (b"%PDF-1.7", "a PDF"),
        ("bagus é".encode() + "– “é” ñ".encode("cp1252"), "partly UTF-8, partly another encoding"),
        (codecs.BOM_UTF16_LE + b"a\0b", "damaged or cut off"),
        (codecs.BOM_UTF32_LE + b"a\0\0\0\xff\xff\xff\xff\0", "damaged or cut off"),
    ],
)
def test_files_that_are_no_tables_are_named_with_the_remedy(
    tmp_path: Path, content: bytes, words: str
) -> None:
    with pytest.raises(FileError) as refusal:
        rows(tmp_path, content)
    assert words in str(refusal.value)


@given(st.binary(max_size=200))
def test_no_bytes_are_a_fault_of_ours(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    try:
        found = rows(tmp_path_factory.mktemp("noise"), content)
    except FileError:
        return
    assert all((row.fields is None) == bool(row.fault) for row in found)


def faults(found: list[Row]) -> list[str]:
    return [row.fault.split(";")[0] for row in found]


def test_array_that_is_cut_off_or_not_the_last_is_told(tmp_path: Path) -> None:
    assert faults(rows(tmp_path, '[{"id": 1}, {"id": 2}')) == ["", "", "the array has no end"]
    assert faults(rows(tmp_path, '[{"id": 1}]\n[{"id": 2}]'))[1].startswith("something follows the array")
    assert faults(rows(tmp_path, '[{"id": 1},]\n')) == [""]


def test_text_cut_within_a_character_costs_its_row(tmp_path: Path) -> None:
    found = rows(tmp_path, '{"id": "1", "text": "\\ud83d"}\n{"id": "2", "text": "\\ud83d\\ude00"}\n')
    assert [bool(row.fault) for row in found] == [True, False]


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 5_000 + "1" + "}" * 5_000])
def test_brackets_within_brackets_without_end_are_no_row(tmp_path: Path, content: str) -> None:
    [row] = rows(tmp_path, content)
    assert row.fault.startswith("not JSON")


def test_data_frame_written_by_columns_is_rows(tmp_path: Path) -> None:
    found = rows(tmp_path, '{"id": {"0": "k1", "1": "k2"}, "text": {"0": "a", "1": null}}')
    assert [row.fields for row in found] == [{"id": "k1", "text": "a"}, {"id": "k2", "text": None}]


def test_comment_with_its_answers_is_the_row_not_these(tmp_path: Path) -> None:
    comment = {"id": "k1", "text": "a", "created_at": "2026-11-25", "answers": [{"id": "k2", "text": "b"}]}
    assert [row.fields for row in rows(tmp_path, orjson.dumps(comment))] == [comment]
    answer = {"message": "OK", "data": [{"id": "k2", "text": "b"}]}
    assert [row.fields for row in rows(tmp_path, orjson.dumps(answer))] == answer["data"]


def test_lines_of_json_may_end_in_commas(tmp_path: Path) -> None:
    assert faults(rows(tmp_path, '{"id": "1"},\n{"id": "2"},\n')) == ["", ""]


def test_every_broken_line_is_tried_once_however_many_there_are(tmp_path: Path) -> None:
    found = opened(written_to(tmp_path, "id,text,created_at\n" + 'k,"x,2026-11-25\n' * 3_000)).table
    assert found is not None
    assert (
        sum(bool(row.fault) for row in found.rows()) == sum(bool(row.fault) for row in found.rows()) == 3_000
    )
    assert len(rows(tmp_path, "[\n" + "{'id': 'k'},\n" * 20_000 + "]")) == 20_000


def test_cell_of_any_size_is_read(tmp_path: Path) -> None:
    [row] = rows(tmp_path, f"id,text\nk1,{'x' * 17_000_000}\n")
    assert row.fields is not None
    assert len(row.fields["text"]) == 17_000_000


def test_comma_of_a_text_is_no_reason_to_drop_an_empty_cell(tmp_path: Path) -> None:
    found = rows(tmp_path, "id,text,likes\nk1,Bagus, cepat,\nk2,Bagus,3,\n")
    assert faults(found)[0].startswith("4 cells where the heading has 3")
    assert found[1].fields == {"id": "k2", "text": "Bagus", "likes": "3"}


def test_file_packed_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="packed twice with gzip"):
        rows(tmp_path, gzip.compress(gzip.compress(b"id,text\nk1,a\n")))


def written_to(folder: Path, content: str) -> Path:
    path = folder / "file"
    path.write_text(content, encoding="utf-8")
    return path
