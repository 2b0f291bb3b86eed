"""Letters as a person reads them. What they hold came from strangers: it is text, never markup."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.ingest.deadletters.letters import Letter, Place

HEX_BYTES_A_LINE = 32
WARNING = (
    "The bytes may hold personal data that nothing has masked: show them to nobody who need not see them."
)
UNDECIDED = "waiting"


def tell_list(console: Console, shown: Sequence[Letter], fitting: Sequence[Letter], total: int) -> None:
    """The table of `shown`, and what became of all that fit."""
    table = Table(box=None)
    for heading in ("letter", "failed", "service", "reason", "from topic/partition/offset"):
        table.add_column(heading, no_wrap=True)
    table.add_column("bytes", justify="right", no_wrap=True)
    table.add_column("decided", overflow="fold")
    for letter in shown:
        told = letter.told
        table.add_row(
            letter.number,
            moment(told.failed_at),
            Text(printable(told.service)),
            Text(printable(told.reason)),
            Text(printable(letter.origin)),
            f"{len(letter.payload):,}",
            Text(decided(letter)),
        )
    if shown:
        console.print(table)
    outcomes = Counter(letter.decided.decision if letter.decided else UNDECIDED for letter in fitting)
    parts = [f"{outcomes[name]:,} {name}" for name in (UNDECIDED, "replayed", "dropped")]
    console.print(f"{len(fitting):,} of {total:,} letters: {', '.join(parts)}", highlight=False)
    if len(shown) < len(fitting):
        console.print(f"the newest {len(shown):,} are shown; --limit shows more", highlight=False)


def tell_strange(console: Console, strange: Sequence[Place]) -> None:
    if strange:
        first = "-".join(map(str, strange[0]))
        console.print(f"{len(strange):,} records are no letters, the first is {first}", highlight=False)


def tell_letter(console: Console, letter: Letter) -> None:
    told = letter.told
    for name, value in (
        ("letter", letter.number),
        ("failed", moment(told.failed_at)),
        ("service", told.service),
        ("reason", told.reason),
        ("detail", told.detail),
        ("from", letter.origin),
        ("decided", decided(letter)),
        ("bytes", f"{len(letter.payload):,}"),
    ):
        console.print(Text(f"{name:<8} {printable(value)}"), soft_wrap=True)
    console.print(f"\n[yellow]{WARNING}[/]\n", soft_wrap=True, highlight=False)
    console.print(Text(content(letter.payload)), soft_wrap=True)


def decided(letter: Letter) -> str:
    if letter.decided is None:
        return UNDECIDED
    said = letter.decided
    why = f": {printable(said.reason)}" if said.reason else ""
    return f"{said.decision} {moment(said.decided_at)} by {printable(said.decided_by)}{why}"


def content(payload: bytes) -> str:
    """The text, or its bytes in hex where not all of it can be shown."""
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        text = "\0"
    if all(character.isprintable() or character in "\n\t" for character in text):
        return text
    lines = (payload[n : n + HEX_BYTES_A_LINE] for n in range(0, len(payload), HEX_BYTES_A_LINE))
    return "\n".join(line.hex(" ") for line in lines)


def printable(text: str) -> str:
    """Without what would move a terminal's cursor or colour it."""
    return "".join(character if character.isprintable() else "�" for character in text)


def moment(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"
