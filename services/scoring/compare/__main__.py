"""What another rule file would change, before it takes effect.

    python -m services.scoring.compare --with NEW.yaml --month 2026-10
    python -m services.scoring.compare --with NEW.yaml --window 30d --at 2026-11-01T00:00:00Z

Both versions' scores come from the facts, with each version's own counting rules. Nothing is written.
"""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from clickhouse_connect.driver.exceptions import ClickHouseError
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pantau.contracts.fields import Instant
from pantau.runtime import logs
from pantau.runtime.clickhouse import connect
from pantau.runtime.clock import utc_now
from pantau.runtime.errors import RetryableError
from pantau.runtime.settings import load
from pantau.score.rules import Rules, RulesError, load_rules
from pantau.score.windows import SLIDING, Window, parse_month
from services.scoring.buckets import bucket_rules
from services.scoring.close.report import Names, short_names
from services.scoring.compare.rankings import Comparison, Pair, Period, Sliding, compare
from services.scoring.settings import ScoringSettings

EXIT_AGAIN = 75  # EX_TEMPFAIL of sysexits.h


async def compared(
    url: str, period: Period, before: Rules, after: Rules
) -> tuple[Comparison, dict[str, str]]:
    client = await connect(url)
    try:
        return await compare(client, period, before, after, utc_now()), await short_names(client)
    finally:
        await client.close()


def as_json(found: Comparison, before: Rules, after: Rules, period: Period) -> dict[str, Any]:
    return {
        "rules": {"before": before.version, "after": after.version},
        "rebuild_needed": before.counting_rules != after.counting_rules,
        "period": {"window": period.window.value, "at": period.at.isoformat()}
        if isinstance(period, Sliding)
        else {"month": f"{period:%Y-%m}"},
        "accounts": [_account(pair) for pair in found.pairs],
        "summary": {
            "kendall_tau": found.tau,
            "ranks_changed": sum(pair.moved for pair in found.pairs),
            "first_three_change": found.first_change,
            "first_three_before": found.first_before,
            "first_three_after": found.first_after,
        },
    }


def _account(pair: Pair) -> dict[str, Any]:
    return {
        "account_id": pair.before.account_id,
        "group": {"before": pair.before.group, "after": pair.after.group},
        "score": {"before": pair.before.score, "after": pair.after.score, "change": pair.change},
        "rank": {"before": pair.before.rank, "after": pair.after.rank},
    }


def table(found: Comparison, before: Rules, after: Rules, names: Names) -> Table:
    shown = Table("account")
    for title in (*_titles(before), *_titles(after), "change"):
        shown.add_column(escape(title), justify="right")
    for pair in found.pairs:
        name = names.get(pair.before.account_id, pair.before.account_id)
        figures = (pair.before.score, pair.before.rank, pair.after.score, pair.after.rank)
        style = "bold" if pair.moved else ""
        change = "" if pair.change is None else f"{pair.change:+.4f}"
        shown.add_row(escape(name), *("" if f is None else str(f) for f in figures), change, style=style)
    return shown


def _titles(rules: Rules) -> tuple[str, str]:
    return f"score {rules.version}", "rank"


def summary(found: Comparison, before: Rules, after: Rules) -> list[str]:
    lines = [f"{sum(pair.moved for pair in found.pairs)} of {len(found.pairs)} accounts change their rank."]
    if found.tau is not None:
        lines.append(f"Kendall's tau-b {found.tau} (1: no two accounts change places).")
    lines.append(f"The first three {'change' if found.first_change else 'stay'}.")
    if before.counting_rules != after.counting_rules:
        lines.append(
            f"The counting rules differ: {bucket_rules.REBUILD} is needed before the new rules take effect."
        )
    return lines


def _rules(path: Path) -> Rules:
    try:
        return load_rules(path)
    except RulesError as error:
        raise typer.BadParameter(str(error)) from error


def _period(month: str | None, window: str | None, at: str | None) -> Period:
    if (month is None) == (window is None):
        raise typer.BadParameter("give either --month or --window")
    if window is not None and window not in SLIDING:
        raise typer.BadParameter(f"{window!r} is no window; give one of {', '.join(SLIDING)}")
    try:
        return Sliding(Window(window), _instant(at)) if window else parse_month(month or "")
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _instant(text: str | None) -> datetime:
    if text is None:
        return utc_now()
    try:
        return TypeAdapter[datetime](Instant).validate_python(datetime.fromisoformat(text))
    except (ValueError, ValidationError) as error:
        raise typer.BadParameter(
            f"{text!r}: give an instant with its offset, 2026-11-01T00:00:00Z"
        ) from error


def main(
    new: Annotated[Path, typer.Option("--with", help="The rule file to compare with")],
    rules: Annotated[Path | None, typer.Option(help="The other one; unset: SCORING_RULES_FILE")] = None,
    month: Annotated[str | None, typer.Option(help="YYYY-MM, in Asia/Jakarta")] = None,
    window: Annotated[str | None, typer.Option(help="1h, 24h, 7d or 30d")] = None,
    at: Annotated[str | None, typer.Option(help="Instant that the window ends with; unset: now")] = None,
    *,
    machine: Annotated[bool, typer.Option("--json", help="For machines")] = False,
) -> None:
    """Scores of a period with two rule files, side by side."""
    period = _period(month, window, at)
    settings = load(ScoringSettings)
    before, after = _rules(rules or settings.rules_file), _rules(new)
    logs.configure("compare", "warning", "console")
    url = settings.clickhouse_url.get_secret_value()
    try:
        found, names = asyncio.run(compared(url, period, before, after))
    except (RetryableError, ClickHouseError, OSError) as error:
        typer.echo(f"stopped: {error}", err=True)
        raise typer.Exit(EXIT_AGAIN) from error
    if machine:
        typer.echo(json.dumps(as_json(found, before, after, period), ensure_ascii=False))
        return
    console = Console()
    console.print(table(found, before, after, names))
    for line in summary(found, before, after):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    typer.run(main)
