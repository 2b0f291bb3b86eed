"""`python -m services.ingest.deadletters list|show|replay|drop`: what no service could read.

Exit status 0: done; 1: some letters were left, each with its reason; 2: failed.
"""

import asyncio
import logging
import os
import pwd
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.text import Text

from pantau.contracts.fields import Name, Reason
from pantau.runtime import logs
from pantau.runtime.clock import utc_now
from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka.publisher import Record
from pantau.runtime.local_stack import local_stack
from pantau.runtime.settings import read_brokers
from services.ingest.deadletters import mailbox, telling
from services.ingest.deadletters.letters import (
    Letter,
    LetterFilter,
    ReplayError,
    decision,
    place_of,
    replayed,
)

EXIT_LEFT = 1
EXIT_FAILED = 2
_REASON: TypeAdapter[str] = TypeAdapter(Reason)
_NAME: TypeAdapter[str] = TypeAdapter(Name)
UNITS = {"m": "minutes", "h": "hours", "d": "days"}

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Dead letters: list, show, replay, drop.")
console = Console()
if not console.is_terminal:
    console = Console(width=240)


def _since(value: str) -> datetime:
    try:
        if ago := re.fullmatch(r"(\d{1,6})([mhd])", value):
            return utc_now() - timedelta(**{UNITS[ago[2]]: int(ago[1])})
        instant = datetime.fromisoformat(value)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter("give an instant with its offset, or 90m, 36h, 7d") from error
    if instant.tzinfo is None:
        raise typer.BadParameter("give the offset too, such as 2026-11-21T03:00:00+07:00")
    return instant


def _reason(value: str) -> str:
    return _fitting(_REASON, value.strip())


def _given(value: str) -> str:
    if not value.strip():
        raise typer.BadParameter("must not be empty")
    return _reason(value)


def _fitting(kind: TypeAdapter[str], value: str) -> str:
    """As the audit trail takes it."""
    try:
        return kind.validate_python(value)
    except ValidationError as error:
        raise typer.BadParameter(error.errors()[0]["msg"]) from error


Kafka = Annotated[
    str | None,
    typer.Option(
        envvar="KAFKA_BOOTSTRAP_SERVERS", help="host:port of the brokers; default: the local stack's"
    ),
]
Numbers = Annotated[list[str], typer.Argument(metavar="LETTER...", help="As list shows them, such as 0-17")]
OfReason = Annotated[str | None, typer.Option("--reason", help="Only those with this reason")]
OfService = Annotated[str | None, typer.Option("--service", help="Only those of this service")]
Since = Annotated[
    datetime | None,
    typer.Option(
        parser=_since, metavar="INSTANT|AGO", help="Only those that failed since: 7d, 36h, an instant"
    ),
]
By = Annotated[
    str | None, typer.Option(help="Who decides, for the audit trail; default: the user of this system")
]
Again = Annotated[bool, typer.Option("--again", help="Also those that were replayed or dropped before")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask")]


@app.command("list")
def list_(
    kafka: Kafka = None,
    reason: OfReason = None,
    service: OfService = None,
    since: Since = None,
    limit: Annotated[int, typer.Option(min=1, help="Most letters shown")] = 50,
) -> None:
    """The letters, newest first, and what was decided of each."""
    with _one_sentence():
        found, strange = asyncio.run(mailbox.read(_brokers(kafka)))
    wanted = LetterFilter(reason, service, since)
    fitting = [letter for letter in found if wanted.fits(letter)]
    telling.tell_list(console, fitting[:limit], fitting, len(found))
    telling.tell_strange(console, strange)


@app.command()
def show(number: Annotated[str, typer.Argument(metavar="LETTER")], kafka: Kafka = None) -> None:
    """One letter with its bytes."""
    (letter,) = _named([number], _brokers(kafka))
    telling.tell_letter(console, letter)


@app.command()
def replay(  # noqa: PLR0917 - typer passes them by name
    numbers: Numbers = [],  # noqa: B006 - typer's way
    kafka: Kafka = None,
    everything: Annotated[bool, typer.Option("--all", help="All that nobody decided of yet")] = False,
    reason: OfReason = None,
    service: OfService = None,
    since: Since = None,
    by: By = None,
    why: Annotated[
        str, typer.Option(callback=_reason, help="What was mended; kept for ever, so it names nobody")
    ] = "",
    again: Again = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also what would fail again as far as known here")
    ] = False,
    yes: Yes = False,
) -> None:
    """Send letters' bytes to the topics that they came from, where their readers judge them anew."""
    if everything == bool(numbers):
        raise typer.BadParameter("name letters, or give --all")
    if numbers and (reason or service or since):
        raise typer.BadParameter("--reason, --service and --since choose among --all")
    who, brokers = _who(by), _brokers(kafka)
    wanted = LetterFilter(reason, service, since)
    chosen = _all(wanted, brokers, again=again) if everything else _named(numbers, brokers)
    planned, left = _plan(chosen, lambda letter: replayed(letter, unread=anyway), again=again)
    if planned:
        aims = Counter(record.topic for _, record in planned)
        _confirm(f"Send to {', '.join(f'{topic} {n:,}' for topic, n in aims.items())}?", yes=yes)
    now = utc_now()
    groups = [[record, decision(letter, "replayed", who, why, now)] for letter, record in planned]
    _send(brokers, groups, [letter for letter, _ in planned], "replayed")
    if planned:
        console.print("their readers judge them anew: what fails again is a new letter", highlight=False)
    raise typer.Exit(EXIT_LEFT if left else 0)


@app.command()
def drop(
    numbers: Numbers,
    why: Annotated[str, typer.Option(callback=_given, help="Kept for ever, so it names nobody")],
    kafka: Kafka = None,
    by: By = None,
    again: Again = False,
) -> None:
    """Note that letters are not to be replayed. They stay where they are until Kafka drops them."""
    who, brokers, now = _who(by), _brokers(kafka), utc_now()
    planned, left = _plan(
        _named(numbers, brokers), lambda letter: decision(letter, "dropped", who, why, now), again=again
    )
    _send(brokers, [[record] for _, record in planned], [letter for letter, _ in planned], "dropped")
    raise typer.Exit(EXIT_LEFT if left else 0)


def _plan(
    chosen: Sequence[Letter], record_of: Callable[[Letter], Record], *, again: bool
) -> tuple[list[tuple[Letter, Record]], int]:
    """What is to be sent, and how many letters were left; of each of these it is told why."""
    planned: list[tuple[Letter, Record]] = []
    for letter in chosen:
        if letter.decided is not None and not again:
            _left(letter, f"{telling.decided(letter)}; --again takes it once more")
            continue
        try:
            planned.append((letter, record_of(letter)))
        except ReplayError as error:
            _left(letter, f"{telling.printable(str(error))}; --anyway sends what is unreadable here")
    return planned, len(chosen) - len(planned)


def _left(letter: Letter, why: str) -> None:
    console.print(Text(f"{letter.number} left: {why}"), soft_wrap=True)


def _send(brokers: str, groups: Sequence[Sequence[Record]], chosen: Sequence[Letter], what: str) -> None:
    sent = asyncio.run(mailbox.send(brokers, groups)) if groups else 0
    for letter in chosen[:sent]:
        console.print(Text(f"{letter.number} {what}"), highlight=False)
    console.print(f"{what} {sent:,}", highlight=False)
    if sent < len(groups):
        console.print("failed: Kafka did not acknowledge the rest; run the same again", highlight=False)
        raise typer.Exit(EXIT_FAILED)


def _all(wanted: LetterFilter, brokers: str, *, again: bool) -> list[Letter]:
    """In the order in which they failed."""
    with _one_sentence():
        found, _ = asyncio.run(mailbox.read(brokers))
    return [each for each in reversed(found) if wanted.fits(each) and (again or each.decided is None)]


def _named(numbers: Sequence[str], brokers: str) -> list[Letter]:
    try:
        places = [place_of(number) for number in dict.fromkeys(numbers)]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    with _one_sentence():
        found, _ = asyncio.run(mailbox.read(brokers))
    known = {letter.place: letter for letter in found}
    for partition, offset in places:
        if (partition, offset) not in known:
            raise typer.BadParameter(
                f"there is no letter {partition}-{offset}; list shows those that are kept"
            )
    return [known[place] for place in places]


def _brokers(given: str | None) -> str:
    stack = local_stack()
    found = given or (stack.kafka if stack else None)
    if not found:
        raise typer.BadParameter("no local stack runs here: give --kafka (KAFKA_BOOTSTRAP_SERVERS)")
    try:
        return read_brokers(found)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _who(by: str | None) -> str:
    if by is not None:
        return _fitting(_NAME, by.strip())
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError as error:
        raise typer.BadParameter("this system does not know its user's name: give --by") from error


def _confirm(question: str, *, yes: bool) -> None:
    if not yes and not typer.confirm(question):
        raise typer.Exit(EXIT_LEFT)


@contextmanager
def _one_sentence() -> Iterator[None]:
    try:
        yield
    except RetryableError as error:
        console.print(Text(f"failed: {error}"), soft_wrap=True)
        raise typer.Exit(EXIT_FAILED) from error


if __name__ == "__main__":
    logs.configure("deadletters", "error", "console")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it is told in one sentence
    app()
