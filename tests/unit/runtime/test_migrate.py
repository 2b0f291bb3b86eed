import uuid
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from deploy.clickhouse import migrate as module
from deploy.clickhouse.migrate import migrate, migrations, statements
from deploy.local import ports
from deploy.local.places import MIGRATIONS
from pantau.runtime.clickhouse import connect
from pantau.runtime.errors import FatalError, RetryableError

FIRST = "CREATE TABLE bread (name String, at DateTime64(6, 'UTC')) ENGINE = MergeTree ORDER BY name;\n"
SECOND = (
    "-- Grain comes later.\nALTER TABLE bread ADD COLUMN grain String; ALTER TABLE bread DROP COLUMN at;\n"
)


@pytest.fixture
def database_url(clickhouse_url: str) -> Iterator[str]:
    """An address whose database does not exist yet."""
    database = f"test_{uuid.uuid4().hex}"
    yield f"{clickhouse_url}/{database}"
    httpx.post(
        clickhouse_url, content=f"DROP DATABASE IF EXISTS {database} SYNC", timeout=30
    ).raise_for_status()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_bread.sql").write_text(FIRST)
    return tmp_path


async def rows(url: str, query: str) -> Any:
    client = await connect(url)
    try:
        return (await client.query(query)).result_rows
    finally:
        await client.close()


async def test_each_file_is_applied_once_in_order(database_url: str, folder: Path) -> None:
    assert await migrate(database_url, folder) == ["0001_bread.sql"]
    assert await migrate(database_url, folder) == []
    (folder / "0002_grain.sql").write_text(SECOND.replace("; ALTER", ";\nALTER"))
    assert await migrate(database_url, folder) == ["0002_grain.sql"]
    columns = (
        "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'bread' ORDER BY name"
    )
    assert await rows(database_url, columns) == [("grain",), ("name",)]


async def test_edited_file_is_refused_and_nothing_new_is_applied(database_url: str, folder: Path) -> None:
    await migrate(database_url, folder)
    (folder / "0001_bread.sql").write_text(FIRST.replace("bread", "cake"))
    (folder / "0002_grain.sql").write_text("CREATE TABLE grain (a String) ENGINE = MergeTree ORDER BY a;")
    with pytest.raises(FatalError, match=r"0001_bread\.sql was edited"):
        await migrate(database_url, folder)
    assert await rows(database_url, "EXISTS TABLE grain") == [(0,)]


async def test_file_that_failed_is_tried_again(database_url: str, folder: Path) -> None:
    (folder / "0002_grain.sql").write_text("SELECT nonsense FROM nowhere;")
    with pytest.raises(Exception, match="nowhere"):
        await migrate(database_url, folder)
    (folder / "0002_grain.sql").write_text("CREATE TABLE grain (a String) ENGINE = MergeTree ORDER BY a;")
    assert await migrate(database_url, folder) == ["0002_grain.sql"]


def test_files_are_as_they_landed() -> None:
    """A database holds their digests already; what has to change goes into a file of its own."""
    listed = (MIGRATIONS.parent / "migrations.sha256").read_text(encoding="utf-8")
    found = [f"{sha256(text.encode()).hexdigest()}  {name}\n" for name, text in migrations(MIGRATIONS)]
    assert "".join(found) == listed


async def test_shipped_migrations_apply_to_an_empty_database(database_url: str) -> None:
    assert await migrate(database_url, MIGRATIONS) == [path.name for path in sorted(MIGRATIONS.glob("*.sql"))]
    assert await migrate(database_url, MIGRATIONS) == []


def test_command_tells_what_it_applied(database_url: str, folder: Path) -> None:
    import typer

    command = typer.Typer()
    command.command()(module.main)
    result = CliRunner().invoke(command, ["--folder", str(folder)], env={"CLICKHOUSE_URL": database_url})
    assert (result.exit_code, result.output) == (0, "applied 0001_bread.sql\n")


@pytest.mark.parametrize("database", ["", "a-b", "a b", "1a", "a;DROP"])
async def test_database_name_is_checked_before_anything_happens(database: str, folder: Path) -> None:
    with pytest.raises(FatalError, match="no usable database name"):
        await migrate(f"http://default@127.0.0.1:{ports.choose(0)}/{database}", folder)


async def test_engine_that_is_away(folder: Path) -> None:
    with pytest.raises(RetryableError, match="does not answer"):
        await migrate(f"http://default@127.0.0.1:{ports.choose(0)}/pantau", folder)


@pytest.mark.parametrize("name", ["1_bread.sql", "0001-bread.sql", "0001_Bread.sql", "bread.sql"])
def test_name_without_its_number_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(FIRST)
    with pytest.raises(FatalError, match="0001_what_it_does"):
        migrations(tmp_path)


def test_files_are_read_in_order(tmp_path: Path) -> None:
    for name in ("0010_c.sql", "0002_b.sql", "0001_a.sql"):
        (tmp_path / name).write_text("SELECT 1;")
    assert [name for name, _ in migrations(tmp_path)] == ["0001_a.sql", "0002_b.sql", "0010_c.sql"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("-- only words\n", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;\nSELECT 2;\n", ["SELECT 1", "SELECT 2"]),
        ("-- of all\nSELECT 1; \n\n  -- of two\nSELECT\n  2;", ["SELECT 1", "SELECT\n  2"]),
        ("SELECT ';' AS a;\n", ["SELECT ';' AS a"]),
        ("SELECT 1;\n;\n", ["SELECT 1", ";"][:1]),
    ],
)
def test_statements_end_with_a_semicolon_at_a_lines_end(text: str, expected: list[str]) -> None:
    assert statements(text) == expected
