"""Close a month: compute it from the facts and freeze it, with inputs, rules, code version and SHA-256.

    python -m services.scoring.close 2026-10
    python -m services.scoring.close 2026-10 --verify

Running it again changes nothing: the same facts and rules give the same SHA-256. A frozen revision is never
changed; where facts or rules are others since, `--reason` freezes a further one. Stopped at any moment, it
leaves either a whole revision or none.
"""

import asyncio
import time
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError
from pydantic import TypeAdapter, ValidationError
from rich.console import Console

from pantau.contracts.fields import Reason
from pantau.runtime import logs
from pantau.runtime.clickhouse import connect
from pantau.runtime.clock import utc_now
from pantau.runtime.errors import RetryableError
from pantau.runtime.settings import load
from pantau.score.official import Revision, read_document, read_revisions
from pantau.score.rules import Rules, RulesError, load_rules
from pantau.score.windows import parse_month
from services.scoring.close import report
from services.scoring.close.closing import CloseRefusedError, CloseRequest, DiffersError, close
from services.scoring.close.verify import verify
from services.scoring.settings import ScoringSettings

EXIT_REFUSED = 1
EXIT_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: the same command again, later


async def close_month(url: str, wanted: CloseRequest, out: Path | None, console: Console) -> int:
    started = time.perf_counter()
    client = await connect(url)
    try:
        names = await report.short_names(client)
        closing = await close(client, wanted, utc_now)
    except DiffersError as error:
        report.differences(console, error.differences, names)
        report.refusal(console, error)
        return EXIT_REFUSED
    finally:
        await client.close()
    _write(out, closing.content)
    report.closing(console, closing, names, time.perf_counter() - started)
    return 0


async def verify_month(url: str, month: date, out: Path | None, console: Console) -> int:
    client = await connect(url)
    try:
        revisions = await read_revisions(client, month)
        if not revisions:
            raise CloseRefusedError(f"{month:%Y-%m} is not frozen")
        _write(out, await read_document(client, revisions[-1]))
        return 0 if all([await _holds(client, revision, console) for revision in revisions]) else EXIT_REFUSED
    finally:
        await client.close()


async def _holds(client: AsyncClient, revision: Revision, console: Console) -> bool:
    verification = await verify(client, revision)
    report.verification(console, verification)
    return verification.holds


def _write(out: Path | None, content: bytes) -> None:
    if out is not None:
        out.write_bytes(content)


def _month(text: str) -> date:
    try:
        return parse_month(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r}: give a month as YYYY-MM") from error


def _reason(text: str) -> str:
    try:
        return TypeAdapter[str](Reason).validate_python(text.strip())
    except ValidationError as error:
        raise typer.BadParameter(error.errors()[0]["msg"]) from error


def _rules(path: Path) -> Rules:
    try:
        return load_rules(path)
    except RulesError as error:
        raise typer.BadParameter(str(error)) from error


def main(
    month: Annotated[str, typer.Argument(help="YYYY-MM, in Asia/Jakarta")],
    *,
    reason: Annotated[
        str, typer.Option(help="Why it is frozen again; kept for ever, so it names nobody")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be frozen, freeze nothing")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write the document here; its sha256sum is the hash")
    ] = None,
    check: Annotated[
        bool, typer.Option("--verify", help="Hash and recompute every frozen revision; needs no facts")
    ] = False,
    simulated: Annotated[
        bool, typer.Option("--simulated", help="Freeze data of the demo feed too, marked as such")
    ] = False,
    rules: Annotated[Path | None, typer.Option(help="Rule file; unset: SCORING_RULES_FILE")] = None,
) -> None:
    """Freeze the scores of a mature month, or check those that are frozen."""
    asked, why = _month(month), _reason(reason)
    settings = load(ScoringSettings)
    logs.configure("close", "warning", "console")
    url = settings.clickhouse_url.get_secret_value()
    console = Console()
    if check:
        work = verify_month(url, asked, out, console)
    else:
        wanted = CloseRequest(asked, _rules(rules or settings.rules_file), why, simulated, dry_run)
        work = close_month(url, wanted, out, console)
    try:
        status = asyncio.run(work)
    except CloseRefusedError as error:
        report.refusal(console, error)
        status = EXIT_REFUSED
    except (RetryableError, ClickHouseError, OSError) as error:
        report.refusal(console, error, "stopped, nothing was frozen by this run")
        status = EXIT_AGAIN
    raise typer.Exit(status)


if __name__ == "__main__":
    typer.run(main)
