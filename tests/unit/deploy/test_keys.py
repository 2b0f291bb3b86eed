from dataclasses import astuple
from pathlib import Path

import pytest

from deploy.local.errors import LocalStackError
from deploy.local.keys import load_or_create, write_private


def test_keys_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    path = tmp_path / "state" / "secrets.json"
    keys = load_or_create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_or_create(path) == keys
    assert load_or_create(tmp_path / "other.json") != keys


def test_a_file_of_an_earlier_version_keeps_its_keys(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text('{"ingest_key": "i", "api_key": "a", "pseudonym_key": "p"}')
    keys = load_or_create(path)
    assert (keys.ingest_key, keys.api_key, keys.pseudonym_key) == ("i", "a", "p")
    assert len(keys.session_secret) >= 32
    assert load_or_create(path) == keys


def test_keys_are_long_and_different(tmp_path: Path) -> None:
    keys = astuple(load_or_create(tmp_path / "secrets.json"))
    assert len(set(keys)) == len(keys)
    assert all(len(key) >= 32 for key in keys)


def test_keys_do_not_show_in_a_traceback(tmp_path: Path) -> None:
    keys = load_or_create(tmp_path / "secrets.json")
    assert keys.api_key not in repr(keys)


@pytest.mark.parametrize("content", ["", "{}", '{"ingest_key": "a"}', "[]"])
def test_damaged_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(content)
    with pytest.raises(LocalStackError, match=r"secrets\.json is not readable; delete it"):
        load_or_create(path)


def test_private_file_replaces_an_older_one(tmp_path: Path) -> None:
    path = tmp_path / "stack.json"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, {"a": "b"})
    assert path.read_text() == '{\n  "a": "b"\n}\n'
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["stack.json"]
