"""Examples of answers for the OpenAPI document: `examples.json` beside a room's models."""

import json
from pathlib import Path
from typing import Any


def beside(module: str) -> dict[str, Any]:
    """By name; `module` is the path of the models' file."""
    examples: dict[str, Any] = json.loads(Path(module).with_name("examples.json").read_text(encoding="utf-8"))
    return examples
