"""What the closing command says to the person who ran it."""

from collections.abc import Mapping

from clickhouse_connect.driver.asyncclient import AsyncClient
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pantau.runtime.clickhouse import rows
from pantau.score.month_document import Json
from services.scoring.close.closing import Closing
from services.scoring.close.differences import Differences, Moved
from services.scoring.close.verify import Verification

SHOWN = 10
MOST_MOVED = 60
_NAMES = "SELECT account_id, short_name FROM accounts FINAL"

Names = Mapping[str, str]


async def short_names(client: AsyncClient) -> dict[str, str]:
    return dict(await rows(client, _NAMES))


def closing(console: Console, done: Closing, names: Names, seconds: float) -> None:
    for line in done.differing_buckets[:SHOWN]:
        console.print(f"[yellow]warning[/]: {escape(line)}", soft_wrap=True)
    if len(done.differing_buckets) > SHOWN:
        console.print(f"[yellow]warning[/]: and {len(done.differing_buckets) - SHOWN:,} more of the buckets")
    if done.stored["simulated"]:
        console.print(
            "[bold yellow]data simulasi: these figures come from the demo feed and are not official[/]"
        )
    if done.differences is not None:
        differences(console, done.differences, names)
    console.print(_ranking(done.stored, names))
    say(console, _facts(done.stored))
    for line in sensitivity(done.stored, names):
        say(console, line)
    console.print(_outcome(done))
    say(console, f"SHA-256 {done.sha256}")
    say(console, f"{len(done.content):,} bytes, {seconds:.1f} s")


def say(console: Console, line: str) -> None:
    """As it is: brackets are no markup, and nothing is broken off."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def refusal(console: Console, error: Exception, what: str = "refused") -> None:
    console.print(f"[red]{what}[/]: {escape(str(error))}", highlight=False, soft_wrap=True)


def differences(console: Console, found: Differences, names: Names) -> None:
    for what, lines in (("rules", found.rules), ("facts", found.inputs)):
        for line in lines:
            say(console, f"{what}: {line}")
    if not found.accounts:
        console.print("No score and no rank is another one.")
        return
    hidden = f", the first {MOST_MOVED} of them" if len(found.accounts) > MOST_MOVED else ""
    table = Table(title=f"{len(found.accounts):,} accounts with another score or rank{hidden}")
    for column in ("account", "score", "→ now", "rank", "→ now"):
        table.add_column(column, justify="left" if column == "account" else "right")
    for moved in sorted(found.accounts, key=_by_weight)[:MOST_MOVED]:
        figures = (moved.score, moved.score_now, moved.rank, moved.rank_now)
        table.add_row(
            escape(names.get(moved.account_id, moved.account_id)), *(_shown(figure) for figure in figures)
        )
    console.print(table)


def _by_weight(moved: Moved) -> tuple[bool, int, float, str]:
    """Other ranks first, in their order; then the scores that moved most."""
    rank = moved.rank_now or moved.rank or 0
    by = abs((moved.score_now or 0) - (moved.score or 0))
    return (moved.rank == moved.rank_now, rank if moved.rank != moved.rank_now else 0, -by, moved.account_id)


def verification(console: Console, done: Verification) -> None:
    revision = done.revision
    table = Table(title=f"{revision.month:%Y-%m}, revision {revision.revision}")
    for column in ("check", "", "found"):
        table.add_column(column, overflow="fold")
    for check in done.checks:
        verdict = "[green]holds[/]" if check.holds else "[red]DOES NOT HOLD[/]"
        table.add_row(check.what, verdict, escape(check.found))
    console.print(table)
    if done.code_changed:
        say(console, f"Computed by other code than this: {revision.code_version}")
    console.print("[green]It holds.[/]" if done.holds else "[red]It does not hold.[/]")


def sensitivity(stored: Json, names: Names) -> list[str]:
    """Whether the first three stay under the other normalisers, in sentences."""
    told = stored["results"]["sensitivity"]
    own = stored["rules"]["normaliser"]
    first, changes = told["first_places"][own], told["changes_under"]
    unknown = told["unknown_under"]
    same = [name for name in told["ranks"] if name not in (*changes, *unknown)]
    lines = [f"The first three stay as they are under {', '.join(same)}."] if same else []
    lines += [
        f"Under {name} the first three{f' of {group}' if group else ''} would be "
        f"{_listed(told['first_places'][name].get(group, []), names)} instead of "
        f"{_listed(first.get(group, []), names)}."
        for name in changes
        for group in sorted({*first, *told["first_places"][name]})
        if told["first_places"][name].get(group) != first.get(group)
    ]
    lines += [f"What {name} would say is not known: it ranks nobody." for name in unknown]
    followed = sum("followers" in platform for a in _accounts(stored) for platform in a["platforms"].values())
    known = sum(len(a["platforms"]) for a in _accounts(stored))
    if followed < known:
        lines.append(f"Followers are known of {followed:,} of {known:,} accounts on their platforms.")
    return lines


def _accounts(stored: Json) -> list[Json]:
    return list(stored["inputs"]["accounts"].values())


def _listed(accounts: list[str], names: Names) -> str:
    return ", ".join(names.get(account, account) for account in accounts) or "nobody"


def _ranking(stored: Json, names: Names) -> Table:
    scores = stored["results"]["scores"]
    ranked = sorted(
        (account for account in scores if scores[account]["rank"] is not None),
        key=lambda account: (scores[account]["group"], scores[account]["rank"], account),
    )
    table = Table(title=f"{stored['month']}: {len(ranked):,} of {len(scores):,} accounts are ranked")
    for column in ("rank", "account", "score", "posts", "comments", "likes", "views"):
        table.add_column(column, justify="left" if column == "account" else "right")
    for account in ranked[:SHOWN]:
        score = scores[account]
        raw = [_shown(score["parts"][metric]["raw"]) for metric in ("posts", "comments", "likes", "views")]
        name = names.get(account, account)
        group = f" ({score['group']})" if score["group"] else ""
        table.add_row(
            str(score["rank"]),
            escape(name + group),
            _shown(score["score"]),
            *raw,
        )
    return table


def _facts(stored: Json) -> str:
    facts = stored["inputs"]["facts"]
    posts, comments = facts["posts"], facts["comments"]
    return (
        f"Read: {posts['read']:,} posts ({posts['counted']:,} counted, {posts['deleted']:,} deleted, "
        f"{posts['over_the_daily_limit']:,} over the daily limit), {facts['readings']['read']:,} readings, "
        f"{comments['read']:,} comments ({comments['counted']:,} counted, {comments['left_out']:,} left out, "
        f"{comments['by_the_account']:,} by the accounts themselves, {comments['deleted']:,} deleted)."
    )


def _outcome(done: Closing) -> str:
    if done.revision is None:
        return "Dry run: revision 1 would be frozen."
    number = done.revision.revision
    if done.frozen_now:
        return f"[green]Frozen as revision {number}[/] at {done.revision.closed_at:%Y-%m-%d %H:%M:%SZ}."
    if done.differences is not None:
        return f"Dry run: revision {number + 1} would be frozen."
    return f"Unchanged, revision {number} holds."


def _shown(figure: float | None) -> str:
    if figure is None:
        return "–"
    return f"{figure:,}" if isinstance(figure, int) else f"{figure:.4f}"
