"""`python -m tests.bench.masking`: CPU of masking everyday and hostile texts, and twice as long ones."""

import time
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pantau.masking.text import mask
from tests.bench.parts import machine

console = Console()

PLAIN = "Terima kasih, pelayanannya cepat dan ramah sekali"
FAMILIES = {
    "plain": f"{PLAIN}. ",
    "digits and blanks": "08 ",
    "countries": "62 ",
    "dates": "12/11/2026 ",
    "decimals": "18.",
    "at signs": "@",
    "handles": "@a ",
    "half addresses": "a.a.a.@",
    "whole addresses": "a@b.id ",
    "dots and dashes": ".-",
    "opened tags": "<",
    "opened entities": "&",
    "entities between digits": "&nbsp;1",
    "tags between digits": "<b>1",
    "letters and digits": "A 1 ",
    "no plates": "A 123 KG ",
    "marks": "a\u0301",
    "unseen between digits": "1\u200b",
}


def milliseconds(text: str, texts: int) -> float:
    """Of CPU for one, the best of so many."""
    taken = []
    for _ in range(texts):
        started = time.process_time()
        mask(text)
        taken.append(time.process_time() - started)
    return min(taken) * 1000


def main(
    texts: Annotated[int, typer.Option(help="Texts a measurement")] = 20,
    characters: Annotated[int, typer.Option(help="Characters a text")] = 10_000,
) -> None:
    table = Table("", "a text", "200 texts", "as plain", "twice as long", title=f"masking, {machine()}")
    plain = 0.0
    for name, piece in FAMILIES.items():
        text = (piece * (2 * characters // len(piece) + 1))[: 2 * characters]
        once, twice = milliseconds(text[:characters], texts), milliseconds(text, texts)
        plain = plain or once
        table.add_row(
            name, f"{once:.2f} ms", f"{once / 5:.2f} s", f"{once / plain:.0f}x", f"{twice / once:.2f}x"
        )
    console.print(table)
    console.print(
        f"an everyday comment of {len(PLAIN)} characters: {milliseconds(PLAIN, 1000) * 1000:.1f} µs"
    )


if __name__ == "__main__":
    typer.run(main)
