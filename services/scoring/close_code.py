"""Which code computed a month: the version, and a fingerprint over the sources that decide the result."""

from hashlib import sha256
from pathlib import Path

VERSION = "0.1.0"  # of pyproject.toml, which images do not carry

_SERVICES = Path(__file__).parents[1]
_DECIDING = (
    *("rules/*.py", "scoring/statements.py", "scoring/from_facts.py", "scoring/prints.py"),
    *("scoring/close_facts.py", "scoring/close_document.py"),
)


def code_version() -> str:
    """As `0.1.0 sha256:…`. The fingerprint is that of each file's path and content."""
    whole = sha256()
    for path in sorted(path for pattern in _DECIDING for path in _SERVICES.glob(pattern)):
        whole.update(f"{path.relative_to(_SERVICES).as_posix()}\n".encode())
        whole.update(sha256(path.read_bytes()).digest())
    return f"{VERSION} sha256:{whole.hexdigest()}"
