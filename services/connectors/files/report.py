"""What a replay says when it is done: what was assumed and left out, and last how many were accepted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.connectors.files.columns import NOT_KNOWN
from services.connectors.files.habits import Assumed, Defaults
from services.connectors.files.script import Line, Script, Tally

REASONS_SHOWN = 20
COLUMNS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Sent:
    """`onboarded_at` is since when each account is watched, as ingest says."""

    accepted: int
    onboarded_at: Mapping[str, datetime]


def report(console: Console, script: Script, sent: Sent, now: datetime) -> None:
    for file, assumed in script.assumed.items():
        for sentence in assumptions(assumed, script.defaults):
            console.print(Text(f"{Path(file).name}: {sentence}"))
    for sentence in (baselines(script, sent), ahead(script.ahead(now), now, script.shift)):
        if sentence:
            console.print(Text(sentence, "yellow"))
    _table(console, "noted", script.notes)
    _table(console, "refused", script.refusals)
    console.print(f"accepted {sent.accepted}, refused {script.refusals.counts.total()}", highlight=False)


def assumptions(assumed: Assumed, defaults: Defaults) -> list[str]:
    """What was taken for granted in one file, and by which option it is said otherwise."""
    found, counts = [], assumed.counts
    if not assumed.rows:
        found.append("holds no rows")
    if assumed.encoding == "cp1252":
        found.append("read as cp1252 (where accented letters come out wrong, save it as 'CSV UTF-8')")
    elif assumed.encoding not in {"", "utf-8"}:
        found.append(f"read as {assumed.encoding}")
    if assumed.heading_line > 1:
        found.append(f"the heading is taken from line {assumed.heading_line}")
    if counts["zoned"]:
        found.append(f"{_times(counts['zoned'])} without an offset, read as of {defaults.zone} (--zone)")
    if counts["timed by option"]:
        found.append(f"{_rows(counts['timed by option'])} without a time, read as of --observed-at")
    if counts["timed by file"] and assumed.saved_at:
        instant = assumed.saved_at.astimezone(defaults.zone).isoformat()
        found.append(
            f"{_rows(counts['timed by file'])} without a time of reading, taken as read "
            f"when the file was last written, {instant} (--observed-at)"
        )
    if counts["derived id"]:
        found.append(f"{_rows(counts['derived id'])} without an id, given one made from what they say")
    if assumed.unused:
        found.append(f"columns not used: {_columns(assumed.unused)}")
    return found


def baselines(script: Script, sent: Sent) -> str:
    """Which posts will show nothing yet, and what to do; empty: none."""
    found = script.baselines.found(sent.onboarded_at, script.shift)
    if not found.posts:
        return ""
    return (
        f"{_posts(found.posts)} published before the account was onboarded: the first reading of such "
        "a post is its baseline, from which its views and likes count. "
        f"With only one reading here: {found.alone}; these count 0 until a later reading is sent "
        "(export again later and replay that file too). If they are to count in full, register the account "
        "with an earlier onboarded_at (POST /v1/accounts?update=true) before replaying"
    )


def ahead(lines: Sequence[Line], now: datetime, shift: timedelta) -> str:
    """Events of the future, by this machine's clock; empty: none."""
    if not lines:
        return ""
    hours = (lines[-1].instant + shift - now).total_seconds() / 3600
    return (
        f"{_events(len(lines))} up to {hours:.1f} h ahead of this machine's clock, first {lines[0].place}: "
        "is the zone right (--zone), or a clock wrong?"
    )


def _table(console: Console, title: str, tally: Tally) -> None:
    if not tally.counts:
        return
    table = Table(title, box=None)
    for heading in ("reason", "first"):
        table.add_column(heading, overflow="fold")
    for kind, count in tally.counts.most_common(REASONS_SHOWN):
        words, place = tally.examples[kind]
        table.add_row(f"{count}", Text(words), Text(place))
    console.print(table)
    if len(tally.counts) > REASONS_SHOWN:
        console.print(f"and {len(tally.counts) - REASONS_SHOWN} more reasons")


def _columns(unused: Mapping[str, str]) -> str:
    """Those nobody knows last, so that they stand out."""
    reasons = sorted(set(unused.values()), key=lambda why: (why == NOT_KNOWN, why))
    return "; ".join(
        f"{_some([name for name, other in unused.items() if other == why])} ({why})" for why in reasons
    )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - COLUMNS_SHOWN:,} more" if len(names) > COLUMNS_SHOWN else ""
    return ", ".join(names[:COLUMNS_SHOWN]) + more


def _times(count: int) -> str:
    return f"{count:,} time{'s' if count > 1 else ''}"


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count > 1 else ''}"


def _posts(count: int) -> str:
    return f"{count:,} {'posts were' if count > 1 else 'post was'}"


def _events(count: int) -> str:
    return f"{count:,} {'events are' if count > 1 else 'event is'}"
