"""Write docs/reference/openapi.json: `python -m services.api.http.openapi [FILE]`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from services.api.app import application

FILE = Path("docs/reference/openapi.json")


def document() -> str:
    return json.dumps(application().openapi(), indent=2, ensure_ascii=False) + "\n"


def main(file: Annotated[Path, typer.Argument()] = FILE) -> None:
    """Write the OpenAPI document."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
