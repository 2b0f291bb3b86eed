"""One HTTP request of ClickHouse's interface, read into what the engine has to do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import cramjam

# Parameters of the HTTP transport. Every other parameter of the address is a setting, as on a real server.
TRANSPORT_PARAMETERS = frozenset(
    {
        "buffer_size",
        "cancel_http_readonly_queries_on_client_close",
        "client_protocol_version",
        "compress",
        "database",
        "decompress",
        "default_format",
        "enable_http_compression",
        "http_headers_progress_interval_ms",
        "password",
        "query",
        "query_id",
        "quota_key",
        "role",
        "send_progress_in_http_headers",
        "session_check",
        "session_id",
        "session_timeout",
        "user",
        "wait_end_of_query",
    }
)
DECODERS = {
    "br": cramjam.brotli.decompress,
    "deflate": cramjam.zlib.decompress,
    "gzip": cramjam.gzip.decompress,
    "lz4": cramjam.lz4.decompress,
    "zstd": cramjam.zstd.decompress,
}
NAME = rb"(?:`[^`]*`|\"[^\"]*\"|[\w.])+"
COLUMNS = rb"\((?:`[^`]*`|\"[^\"]*\"|[^()`\"])*\)"
SETTINGS = rb"SETTINGS\s(?:'(?:[^'\\]|\\.)*'|[^'();])*?\s"
INSERT_WITH_ROWS = re.compile(
    rb"\s*(INSERT\s+INTO\s+(?:TABLE\s+)?" + NAME + rb"\s*(?:" + COLUMNS + rb"\s*)?(?:" + SETTINGS + rb")?)"
    rb"FORMAT\s+(\w+)[ \t]*;?\r?\n?",
    re.IGNORECASE,
)
RESULT = re.compile(rb"\s*\(*\s*(?:SELECT|WITH|SHOW|DESC|DESCRIBE|EXISTS|EXPLAIN|CHECK)\b", re.IGNORECASE)
SETTING_NAME = re.compile(r"[A-Za-z_]\w*")


class MalformedRequestError(ValueError):
    """The request cannot be read as a statement; the message says why."""


@dataclass(frozen=True, slots=True)
class Statement:
    """`rows` is None for a plain statement, and an insert's encoded rows (in `format`) otherwise."""

    sql: bytes
    format: str = "TabSeparated"
    database: str = ""
    rows: bytes | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    bound: Mapping[str, str] = field(default_factory=dict)

    @property
    def gives_result(self) -> bool:
        return self.rows is None and RESULT.match(self.sql) is not None


def read_statement(parameters: Mapping[str, str], body: bytes) -> Statement:
    """`parameters` are those of the address and of a form, decoded; raises MalformedRequestError."""
    query = parameters.get("query", "").encode()
    sql, rows_format, rows = split_insert(query, body)
    if not sql.strip():
        raise MalformedRequestError("Empty query")
    settings = {name: value for name, value in parameters.items() if is_setting(name)}
    for name in settings:
        if not SETTING_NAME.fullmatch(name):
            raise MalformedRequestError(f"Not the name of a setting: {name!r}")
    return Statement(
        sql=sql,
        format=rows_format or parameters.get("default_format", "TabSeparated"),
        database=parameters.get("database", ""),
        rows=rows,
        settings=settings,
        bound={name[6:]: value for name, value in parameters.items() if name.startswith("param_")},
    )


def is_setting(name: str) -> bool:
    return name not in TRANSPORT_PARAMETERS and not name.startswith("param_")


def split_insert(query: bytes, body: bytes) -> tuple[bytes, str | None, bytes | None]:
    """Part an insert from its encoded rows.

    The rows follow the statement in the body, after one line break, or they are the whole body when the
    address carries the statement. They may start with any byte, a line break included.
    """
    if query:
        whole = INSERT_WITH_ROWS.fullmatch(query)
        if whole:
            return whole[1], whole[2].decode(), body
        return (query + b"\n" + body if body else query), None, None
    head = INSERT_WITH_ROWS.match(body)
    if head:
        return head[1], head[2].decode(), body[head.end() :]
    return body, None, None


def decode_body(body: bytes, encoding: str) -> bytes:
    """Undo the Content-Encoding of a request; raises MalformedRequestError."""
    if not body or encoding in ("", "identity"):
        return body
    if encoding not in DECODERS:
        raise MalformedRequestError(f"Unknown Content-Encoding {encoding!r}")
    try:
        return bytes(DECODERS[encoding](body))
    except cramjam.DecompressionError as error:
        raise MalformedRequestError(f"Body is not {encoding}: {error}") from error
