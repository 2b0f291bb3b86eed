"""Apply the numbered SQL files of deploy/clickhouse/migrations, each once, in order.

A file is never edited once it has landed: its digest is recorded and a changed file is refused. A new file
gets a line in migrations.sha256 beside the folder (`sha256sum`), and lines there stay as they are.
"""

import asyncio
import re
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.runtime.clickhouse import connect
from pantau.runtime.errors import FatalError

STATEMENT_SECONDS = 3600  # one may copy a whole table
FOLDER = Path("deploy/clickhouse/migrations")
_NAME = re.compile(r"^\d{4}_[a-z0-9_]+\.sql$")
_BOOKKEEPING = """
CREATE TABLE IF NOT EXISTS schema_migrations
(name String, digest String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
ENGINE = MergeTree ORDER BY name
"""


async def migrate(url: str, folder: Path = FOLDER) -> list[str]:
    """Create the database of `url` when it is missing, apply what is new, return the names applied."""
    files = migrations(folder)
    database = url.rsplit("/", 1)[-1]
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", database):
        raise FatalError(f"{database!r} is no usable database name; give http://host:port/database")
    bootstrap = await connect(url, database="default")
    await bootstrap.command(f"CREATE DATABASE IF NOT EXISTS {database}")
    await bootstrap.close()
    client = await connect(url, answer_seconds=STATEMENT_SECONDS)
    try:
        return await _apply(client, files)
    finally:
        await client.close()


async def _apply(client: AsyncClient, files: list[tuple[str, str]]) -> list[str]:
    await client.command(_BOOKKEEPING)
    known = dict((await client.query("SELECT name, digest FROM schema_migrations")).result_rows)
    applied: list[str] = []
    for name, text in files:
        digest = sha256(text.encode()).hexdigest()
        if name in known:
            if known[name] != digest:
                raise FatalError(f"{name} was edited after it was applied; write a new migration instead")
            continue
        for statement in statements(text):
            await client.command(statement)
        await client.insert("schema_migrations", [[name, digest]], column_names=["name", "digest"])
        applied.append(name)
    return applied


def migrations(folder: Path) -> list[tuple[str, str]]:
    """Name and text of each file, in order."""
    paths = sorted(folder.glob("*.sql"))
    for path in paths:
        if not _NAME.match(path.name):
            raise FatalError(f"{path}: a migration is named 0001_what_it_does.sql")
    return [(path.name, path.read_text(encoding="utf-8")) for path in paths]


def statements(text: str) -> list[str]:
    """The statements of a file: separated by a semicolon at a line's end, comment lines dropped."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return [part.strip() for part in re.split(r";\s*(?:\n|$)", "\n".join(lines)) if part.strip()]


def main(url: Annotated[str, typer.Option(envvar="CLICKHOUSE_URL")], folder: Path = FOLDER) -> None:
    """Bring the schema of a ClickHouse database up to date."""
    for name in asyncio.run(migrate(url, folder)):
        typer.echo(f"applied {name}")


if __name__ == "__main__":
    typer.run(main)
