"""Write the JSON Schema of every event: `python -m pantau.contracts.schema [FOLDER]`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from pantau.contracts.events import (
    AccountRegistered,
    CommentObserved,
    CommentsLabelled,
    DeadLetter,
    DeadLetterDecided,
    Event,
    FlagReviewed,
    FollowersObserved,
    LabelCorrected,
    MetricsObserved,
    PostObserved,
    ScoreChanged,
)

EVENTS: tuple[type[Event], ...] = (
    AccountRegistered,
    PostObserved,
    MetricsObserved,
    FollowersObserved,
    CommentObserved,
    CommentsLabelled,
    LabelCorrected,
    FlagReviewed,
    ScoreChanged,
    DeadLetter,
    DeadLetterDecided,
)


def schemas() -> dict[str, str]:
    """File name to file text, one per event."""
    return {
        f"{event.model_fields['type'].default}.v1.json": json.dumps(
            event.model_json_schema(mode="validation"), indent=2, ensure_ascii=False
        )
        + "\n"
        for event in EVENTS
    }


def main(folder: Annotated[Path, typer.Argument()] = Path("docs/reference/events")) -> None:
    """Write one JSON Schema file per event."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
