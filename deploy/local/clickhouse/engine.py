import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import chdb

from deploy.local.clickhouse.statement import Statement

ERROR = re.compile(r"Code: (\d+)\. DB::.*", re.DOTALL)
UNKNOWN_ERROR = 1002


class EngineError(Exception):
    """The engine refused or failed a statement; `code` is ClickHouse's error code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class FolderInUseError(Exception):
    """Another process has the data folder open."""


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    rows_read: int
    bytes_read: int
    rows_written: int
    bytes_written: int


class Engine:
    """The embedded ClickHouse engine over one data folder.

    Safe to call from several threads: each statement gets a connection of its own (0.2 ms), so statements run
    in parallel, and a database or setting chosen for one never reaches another.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = str(folder)
        try:
            self._anchor = chdb.connect(self._path)  # the engine lives as long as one connection is open
        except RuntimeError as error:
            raise FolderInUseError(
                f"{folder} cannot be opened; is another process using it? ({error})"
            ) from error
        self.version = str(chdb.engine_version)

    def run(self, statement: Statement) -> Answer:
        """Raises EngineError."""
        try:
            with closing(chdb.connect(self._path)) as connection:
                prepare(connection, statement)
                if statement.rows is not None:
                    return insert(connection, statement, statement.rows)
                return query(connection, statement)
        except (chdb.ChdbError, RuntimeError) as error:
            raise engine_error(str(error)) from error

    def close(self) -> None:
        self._anchor.close()


def prepare(connection: Any, statement: Statement) -> None:
    if statement.database:
        connection.query("USE `" + statement.database.replace("\\", "\\\\").replace("`", "\\`") + "`", "Null")
    if statement.settings:
        pairs = ", ".join(f"{name} = {quoted(value)}" for name, value in statement.settings.items())
        connection.query(f"SET {pairs}", "Null")


def query(connection: Any, statement: Statement) -> Answer:
    result = connection.query(statement.sql, statement.format, params=dict(statement.bound))
    return Answer(
        body=result.bytes(),
        rows_read=result.storage_rows_read(),
        bytes_read=result.storage_bytes_read(),
        rows_written=result.rows_written(),
        bytes_written=result.bytes_written(),
    )


def insert(connection: Any, statement: Statement, rows: bytes) -> Answer:
    with connection.send_insert(statement.sql.decode(), statement.format) as inserter:
        if rows:
            inserter.append(rows)
        written = inserter.finish()
    return Answer(b"", 0, 0, written.rows_written, written.bytes_written)


def quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def engine_error(text: str) -> EngineError:
    found = ERROR.search(text)
    if found is None:
        return EngineError(UNKNOWN_ERROR, f"Code: {UNKNOWN_ERROR}. DB::Exception: {text} (UNKNOWN_EXCEPTION)")
    return EngineError(int(found[1]), found[0].strip())
