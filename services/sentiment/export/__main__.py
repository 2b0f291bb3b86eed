"""PyTorch checkpoint -> int8 ONNX folder: `python -m services.sentiment.export CHECKPOINT OUT`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from services.sentiment.errors import ModelError
from services.sentiment.export import parity
from services.sentiment.export.describe import missing_packages, read_checkpoint
from services.sentiment.export.install import INSTALL
from services.sentiment.inference.labels import UnknownLabelsError
from services.sentiment.settings import cpus_given

if TYPE_CHECKING:
    from services.sentiment.export.convert import Note


def main(
    checkpoint: Annotated[str, typer.Argument(help="hub id or folder of a PyTorch checkpoint")],
    out: Annotated[Path, typer.Argument(help="the new folder, for SENTIMENT_MODEL")],
    arithmetic: Annotated[
        Literal["int8", "float32"], typer.Option(help="int8: fast; float32: slower, closer to the checkpoint")
    ] = "int8",
    texts: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="one text a line, to compare on")
    ] = None,
    threads: Annotated[int, typer.Option(min=1)] = cpus_given(),
) -> None:
    """Export CHECKPOINT to OUT and compare the two."""
    console = Console()
    try:
        read_checkpoint(checkpoint)  # its faults are told also where PyTorch is missing
        if missing := missing_packages():
            raise ModelError(INSTALL.format(missing=" and ".join(missing)))  # noqa: TRY301
        sample = texts.read_text(encoding="utf-8").splitlines() if texts else parity.sample_texts()
        found = _export(console, out, (checkpoint, [each for each in sample if each], arithmetic, threads))
    except (ModelError, UnknownLabelsError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from error
    console.print(Markdown(parity.page(found)))
    console.print(f"Written to {out}. Use it: SENTIMENT_MODEL={out}", markup=False, highlight=False)


def _export(
    console: Console, out: Path, order: tuple[str, list[str], Literal["int8", "float32"], int]
) -> parity.Parity:
    from services.sentiment.export import convert  # noqa: PLC0415 - needs PyTorch

    convert.quiet()
    with _steps(console, len(convert.STEPS)) as note:
        return convert.export(convert.Order(*order), out, note)


@contextmanager
def _steps(console: Console, count: int) -> Iterator["Note"]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("starting", total=count)

        def note(step: str) -> None:
            bar.update(task, description=step, advance=1)

        yield note


if __name__ == "__main__":
    typer.run(main)
