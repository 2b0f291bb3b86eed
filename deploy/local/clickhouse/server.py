"""ClickHouse's HTTP interface over the embedded engine, as far as clickhouse-connect uses it.

Left out: users and passwords, sessions, response compression (the server listens on the loopback only),
external data and streamed results. A page in a browser is refused, since it could otherwise reach a port
without passwords.
"""

import asyncio
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web

from deploy.local.clickhouse.engine import Answer, Engine, EngineError
from deploy.local.clickhouse.statement import MalformedRequestError, Statement, decode_body, read_statement

LOOPBACK = "127.0.0.1"
LARGEST_BODY_BYTES = 1 << 30
PARALLEL_STATEMENTS = 16
NOT_FOUND_CODES = frozenset({60, 81})  # UNKNOWN_TABLE, UNKNOWN_DATABASE
BAD_REQUEST_CODES = frozenset({6, 26, 27, 36, 41, 43, 44, 46, 47, 50, 53, 57, 62, 82, 115, 456})
CONTENT_TYPES = {"Native": "application/octet-stream", "JSON": "application/json; charset=UTF-8"}


def create_app(engine: Engine) -> web.Application:
    app = web.Application(client_max_size=LARGEST_BODY_BYTES)
    interface = HttpInterface(engine)
    app.router.add_get("/ping", answer_ok)
    app.router.add_route("GET", "/", interface.answer)
    app.router.add_route("POST", "/", interface.answer)
    app.on_cleanup.append(interface.close)
    return app


async def answer_ok(_request: web.Request) -> web.Response:
    return web.Response(text="Ok.\n")


class HttpInterface:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(PARALLEL_STATEMENTS, thread_name_prefix="statement")

    async def answer(self, request: web.Request) -> web.Response:
        if "Origin" in request.headers:
            return web.Response(status=403, text="Not for pages in a browser.\n")
        if request.method == "GET" and "query" not in request.query:
            return await answer_ok(request)
        query_id = request.query.get("query_id") or str(uuid.uuid4())
        try:
            statement = await statement_of(request)
        except MalformedRequestError as error:
            return failure(EngineError(62, f"Code: 62. DB::Exception: {error} (SYNTAX_ERROR)"), query_id)
        started = time.monotonic()
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(self._threads, self._engine.run, statement)
        except EngineError as error:
            return failure(error, query_id, self._engine.version)
        return success(statement, answer, query_id, time.monotonic() - started)

    async def close(self, _app: web.Application) -> None:
        self._threads.shutdown()
        self._engine.close()


async def statement_of(request: web.Request) -> Statement:
    parameters = dict(request.query)
    if request.content_type == "multipart/form-data":
        for name, value in (await request.post()).items():
            if not isinstance(value, str):
                raise MalformedRequestError(f"External data is not supported here: {name}")
            parameters[name] = value
        return read_statement(parameters, b"")
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    return read_statement(parameters, decode_body(await request.read(), encoding))


def success(statement: Statement, answer: Answer, query_id: str, elapsed_seconds: float) -> web.Response:
    summary = {
        "read_rows": str(answer.rows_read),
        "read_bytes": str(answer.bytes_read),
        "written_rows": str(answer.rows_written),
        "written_bytes": str(answer.bytes_written),
        "result_bytes": str(len(answer.body)),
        "elapsed_ns": str(round(elapsed_seconds * 1e9)),
    }
    headers = {
        "Content-Type": CONTENT_TYPES.get(statement.format, "text/plain; charset=UTF-8"),
        "X-ClickHouse-Query-Id": query_id,
        "X-ClickHouse-Summary": json.dumps(summary),
        "X-ClickHouse-Timezone": "UTC",
    }
    if statement.gives_result:
        headers["X-ClickHouse-Format"] = statement.format
    return web.Response(body=answer.body, headers=headers)


def failure(error: EngineError, query_id: str, version: str = "") -> web.Response:
    text = str(error)
    if version and "(version " not in text:
        text = f"{text} (version {version})"
    headers = {"X-ClickHouse-Exception-Code": str(error.code), "X-ClickHouse-Query-Id": query_id}
    return web.Response(status=status_of(error.code), text=text + "\n", headers=headers)


def status_of(code: int) -> int:
    if code in NOT_FOUND_CODES:
        return 404
    return 400 if code in BAD_REQUEST_CODES else 500
