import cramjam
import pytest

from deploy.local.clickhouse.statement import (
    DECODERS,
    MalformedRequestError,
    Statement,
    decode_body,
    read_statement,
)


@pytest.mark.parametrize(
    "rows", [b"", b"\n", b"\t\x01", b"\r\n", b" ", b"1,a\nFORMAT Native\n", bytes(range(256))]
)
@pytest.mark.parametrize(
    "head",
    [
        b"INSERT INTO t FORMAT Native",
        b'insert into table db.`odd ) name` (`a ) b`, "c", d) format Native',
        b"\n INSERT INTO t (a)\n SETTINGS async_insert = 0, note = 'FORMAT x; ()' FORMAT Native",
    ],
)
def test_rows_are_parted_from_their_statement(head: bytes, rows: bytes) -> None:
    in_body = read_statement({}, head + b"\n" + rows)
    in_address = read_statement({"query": head.decode()}, rows)
    for statement in (in_body, in_address):
        assert (statement.rows, statement.format) == (rows, "Native")
        assert b"Native" not in statement.sql


@pytest.mark.parametrize(
    "sql",
    [
        b"INSERT INTO t VALUES (1, 'FORMAT CSV')",
        b"INSERT INTO t SELECT 1 FORMAT Native",
        b"SELECT 1 FORMAT Native",
        b"CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a",
    ],
)
def test_other_statements_stay_whole(sql: bytes) -> None:
    assert read_statement({}, sql) == Statement(sql)


def test_statement_of_the_address_goes_before_the_body() -> None:
    assert read_statement({"query": "SELECT"}, b"1").sql == b"SELECT\n1"


def test_parameters_of_the_address_are_sorted_by_kind() -> None:
    statement = read_statement(
        {
            "query": "SELECT {a:String}",
            "param_a": "x",
            "database": "pantau",
            "default_format": "JSON",
            "session_id": "s",
            "wait_end_of_query": "1",
            "max_threads": "1",
        },
        b"",
    )
    assert statement.bound == {"a": "x"}
    assert statement.settings == {"max_threads": "1"}
    assert (statement.database, statement.format) == ("pantau", "JSON")


@pytest.mark.parametrize("parameters", [{}, {"query": " \n"}, {"query": "SELECT 1", "a = 1, b": "1"}])
def test_unreadable_requests_are_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(MalformedRequestError):
        read_statement(parameters, b"")


@pytest.mark.parametrize(
    ("sql", "gives"),
    [
        (b" (SELECT 1)", True),
        (b"with 1 as x select x", True),
        (b"DROP TABLE t", False),
        (b"INSERT INTO t VALUES (1)", False),
    ],
)
def test_a_result_is_told_from_none(sql: bytes, *, gives: bool) -> None:
    assert Statement(sql).gives_result is gives


@pytest.mark.parametrize("encoding", sorted(DECODERS))
def test_compressed_bodies(encoding: str) -> None:
    module = {"br": "brotli", "deflate": "zlib"}.get(encoding, encoding)
    compressed = bytes(getattr(cramjam, module).compress(b"SELECT 1"))
    assert decode_body(compressed, encoding) == b"SELECT 1"
    with pytest.raises(MalformedRequestError):
        decode_body(b"\x00" + compressed, encoding)


def test_unknown_compression_is_refused() -> None:
    assert decode_body(b"a", "identity") == b"a"
    with pytest.raises(MalformedRequestError, match="'snappy'"):
        decode_body(b"a", "snappy")
