"""The local stack's own keys: made on the first run, the same ever after."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from deploy.local.errors import LocalStackError

OWNER_ONLY = 0o600
ADDED_LATER = ("session_secret",)


@dataclass(frozen=True, slots=True)
class LocalKeys:
    ingest_key: str
    api_key: str
    pseudonym_key: str
    session_secret: str

    def __repr__(self) -> str:
        return "LocalKeys(…)"


def load_or_create(path: Path) -> LocalKeys:
    """A file of an earlier version gets what it lacks: its other keys must stay the same."""
    if not path.exists():
        write_private(path, {field.name: secrets.token_urlsafe(32) for field in fields(LocalKeys)})
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        keys = LocalKeys(**({name: secrets.token_urlsafe(32) for name in ADDED_LATER} | stored))
    except (ValueError, TypeError) as error:
        raise LocalStackError(f"{path} is not readable; delete it to get new keys ({error}).") from error
    if asdict(keys) != stored:
        write_private(path, asdict(keys))
    return keys


def write_private(path: Path, content: dict[str, str]) -> None:
    """All or nothing, and nobody else may read it at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=2)
        stream.write("\n")
    unfinished.replace(path)
