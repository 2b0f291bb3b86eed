"""Where a local stack listens and which key it made, as the stack itself wrote it down."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

FILE = Path(".local/stack.json")


class LocalStack(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    ingest_url: str
    ingest_key: str
    kafka: str


def local_stack(file: Path = FILE) -> LocalStack | None:
    """None when no stack was started here, or when its note is not readable."""
    try:
        return LocalStack.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None
