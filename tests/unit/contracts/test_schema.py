import json
from pathlib import Path

from pantau.contracts.schema import EVENTS, main, schemas


def test_one_file_an_event_named_by_type_and_version() -> None:
    assert set(schemas()) == {f"{event.model_fields['type'].default}.v1.json" for event in EVENTS}


def test_writing_is_repeatable(tmp_path: Path) -> None:
    main(tmp_path / "new" / "folder")
    first = {path.name: path.read_text() for path in (tmp_path / "new" / "folder").iterdir()}
    main(tmp_path / "new" / "folder")
    assert (
        first
        == schemas()
        == {path.name: path.read_text() for path in (tmp_path / "new" / "folder").iterdir()}
    )


def test_comment_schema_lets_no_raw_author_through() -> None:
    author = json.loads(schemas()["comment.observed.v1.json"])["properties"]["author"]
    assert {"type": "string", "pattern": "^[0-9a-f]{64}$"} in author["anyOf"]
