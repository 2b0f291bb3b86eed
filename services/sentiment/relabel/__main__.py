"""Read a period's comments again through a model, while the live flow goes on.

    python -m services.sentiment.relabel --from 2026-11-01T00:00:00Z --to 2026-11-08T00:00:00Z

Each comment is published again as it was observed, with a newer `labelled_at`: so the new label replaces the
old one, an edit or deletion that happens meanwhile still wins, and so does what a person said. Running it
twice, or again after it was stopped, changes nothing.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

import typer
from clickhouse_connect.driver.asyncclient import AsyncClient
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table

from pantau.contracts import topics
from pantau.contracts.codec import encode
from pantau.contracts.events import LabelledComment
from pantau.contracts.fields import Instant
from pantau.runtime.clickhouse import connect
from pantau.runtime.clock import Clock, utc_now
from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka.publisher import Publish, Publisher, Record
from pantau.runtime.ops import Readiness
from pantau.runtime.progress import counted
from pantau.runtime.retries import retrying
from pantau.runtime.settings import load
from pantau.runtime.stopping import cancel_on_sigterm
from pantau.runtime.watchdog import Progress as Watched
from services.sentiment.errors import ModelError
from services.sentiment.inference.labels import LABELS, UnknownLabelsError
from services.sentiment.relabel import stored_comments
from services.sentiment.relabel.rate_limit import Pace
from services.sentiment.relabel.stored_comments import Span, Stored
from services.sentiment.settings import SentimentSettings
from services.sentiment.worker.batching import by_account
from services.sentiment.worker.labelling import Labeller, labelled
from services.sentiment.worker.retries import KafkaRetries

SERVICE = "relabel"
PAGE_COMMENTS = 1000
EXIT_INTERRUPTED = 75  # EX_TEMPFAIL of sysexits.h: the same command again, from where it stopped
_INSTANT = timedelta(microseconds=1)

R = TypeVar("R")

Advanced = Callable[[int], object]


@dataclass(slots=True)
class Outcome:
    """`moved` counts comments by old and new label; all hours before `done_until` are finished."""

    done_until: datetime
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def read(self) -> int:
        return self.moved.total()

    @property
    def changed(self) -> int:
        return sum(count for (old, new), count in self.moved.items() if old != new)


@dataclass(frozen=True, slots=True)
class Relabelling:
    """Holds one page of comments at a time; `publish` returns once Kafka has acknowledged."""

    client: AsyncClient
    publish: Publish
    labeller: Labeller
    clock: Clock
    pace: Pace = field(default_factory=lambda: Pace(None))
    page_comments: int = PAGE_COMMENTS
    retry_seconds: float = 120.0

    async def count(self, span: Span) -> list[tuple[datetime, int]]:
        """Hours that have comments, and how many."""
        return await self._reading(lambda: stored_comments.hours(self.client, span))

    async def run(
        self, span: Span, hours: Sequence[tuple[datetime, int]], outcome: Outcome, advanced: Advanced
    ) -> None:
        """Hour by hour, so that it can be taken up again. Raises RetryableError."""
        for hour, _ in hours:
            part = span.hour(hour)
            outcome.done_until = part.start
            await self._hour(part, outcome, advanced)
        outcome.done_until = span.until

    async def _hour(self, span: Span, outcome: Outcome, advanced: Advanced) -> None:
        last: Stored | None = None
        while True:
            found = await self._page(span, last)
            if found:
                await self._again(found, outcome)
                advanced(len(found))
                await self.pace.after(len(found))
            if len(found) < self._portion:
                return
            last = found[-1]

    async def _page(self, span: Span, last: Stored | None) -> list[Stored]:
        return await self._reading(lambda: stored_comments.page(self.client, span, last, self._portion))

    @property
    def _portion(self) -> int:
        return self.pace.portion(self.page_comments)

    async def _again(self, found: list[Stored], outcome: Outcome) -> None:
        comments = [each.comment for each in found]
        predictions = await asyncio.to_thread(self.labeller.label, [comment.text for comment in comments])
        # Newer than every label that it is to replace, wherever that one's clock stood.
        at = max(self.clock(), *(each.labelled_at + _INSTANT for each in found))
        results = labelled(comments, predictions, self.labeller.version, at)
        await self.publish(_records(results))
        outcome.moved.update(
            (old.label, str(new.label)) for old, new in zip(found, results, strict=True) if new.label
        )

    async def _reading(self, question: Callable[[], Awaitable[R]]) -> R:
        return await retrying(SERVICE, "read", question, limit_seconds=self.retry_seconds)


def _records(results: Sequence[LabelledComment]) -> list[Record]:
    again = [comment.model_copy(update={"relabelled": True}) for comment in results]
    return [
        Record(topics.LABELLED, message.account_id.encode(), encode(message)) for message in by_account(again)
    ]


def matrix(outcome: Outcome) -> Table:
    table = Table(title=f"{outcome.read:,} comments read again, {outcome.changed:,} labels changed")
    for column in ("old label", *(f"→ {label}" for label in LABELS)):
        table.add_column(column, justify="left" if column == "old label" else "right")
    for old in LABELS:
        table.add_row(old, *(f"{outcome.moved[old, new]:,}" for new in LABELS))
    return table


async def relabel(
    settings: SentimentSettings,
    labeller: Labeller,
    span: Span,
    console: Console,
    rate: float | None = None,
) -> int:
    """The exit status: 0, or 75 when Kafka or ClickHouse stayed away or someone stopped it."""
    outcome = Outcome(done_until=span.start)
    publisher = Publisher(settings.kafka_bootstrap_servers)
    retries = KafkaRetries(settings.retry_seconds, Readiness(), Watched())

    async def publish(records: Sequence[Record]) -> None:
        await retries("publish", lambda: publisher.publish(records))

    client: AsyncClient | None = None
    cancel_on_sigterm()
    try:
        client = await connect(settings.clickhouse_url.get_secret_value())
        work = Relabelling(
            client, publish, labeller, utc_now, Pace(rate), retry_seconds=settings.retry_seconds
        )
        hours = await work.count(span)
        await retries("connect", publisher.start)
        with counted(console) as progress:
            task = progress.add_task("comments", total=sum(count for _, count in hours))
            await work.run(span, hours, outcome, lambda count: progress.advance(task, count))
    except (RetryableError, asyncio.CancelledError) as error:
        console.print(f"[red]stopped[/]: {str(error) or 'by a signal'}")
        console.print(f"Go on with --from {outcome.done_until.isoformat()} --to {span.until.isoformat()}")
        return EXIT_INTERRUPTED
    finally:
        if outcome.read:
            console.print(matrix(outcome))
        await publisher.stop()
        if client is not None:
            await client.close()
    if not outcome.read:
        console.print("There is no comment in this period whose text is still there.")
    return 0


def _instant(text: str) -> datetime:
    try:
        return TypeAdapter[datetime](Instant).validate_python(datetime.fromisoformat(text))
    except (ValueError, ValidationError) as error:
        raise typer.BadParameter(
            f"{text!r}: give an instant with its offset, 2026-11-01T00:00:00Z"
        ) from error


def main(
    start: Annotated[str, typer.Option("--from", help="First instant, with its offset")],
    until: Annotated[str, typer.Option("--to", help="First instant not included")],
    account: Annotated[str | None, typer.Option(help="Only this account")] = None,
    model: Annotated[str | None, typer.Option(help="Folder; unset: SENTIMENT_MODEL")] = None,
    rate: Annotated[
        float | None, typer.Option(min=0.1, help="Comments a second at most; unset: as fast as it goes")
    ] = None,
) -> None:
    """Label again the comments that were created in a period."""
    span = Span(_instant(start), _instant(until), account)
    if span.start >= span.until:
        raise typer.BadParameter("--from lies before --to")
    settings = load(SentimentSettings)
    from services.sentiment.inference.loading import load_labeller  # noqa: PLC0415 - takes seconds to import

    try:
        labeller = load_labeller(model or settings.model, settings.threads)
    except (ModelError, UnknownLabelsError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from error
    console = Console()
    console.print(f"model {labeller.version}")
    raise typer.Exit(asyncio.run(relabel(settings, labeller, span, console, rate)))


if __name__ == "__main__":
    typer.run(main)
