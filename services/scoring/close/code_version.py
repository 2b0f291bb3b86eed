"""Which code computed a month: the version, and a fingerprint over the sources that decide the result.

They are two folders: `pantau/contracts` turns messages into events, `pantau/score` events into facts, facts
into a month's figures, and figures into scores.
"""

from hashlib import sha256
from pathlib import Path

VERSION = "0.1.0"  # of pyproject.toml, which images do not carry
FOLDERS = ("pantau/contracts", "pantau/score")

_ROOT = Path(__file__).parents[3]


def code_version(root: Path = _ROOT) -> str:
    """As `0.1.0 sha256:…`. The fingerprint is that of each file's path and content."""
    whole = sha256()
    for name in deciding(root):
        whole.update(f"{name}\n".encode())
        whole.update(sha256((root / name).read_bytes()).digest())
    return f"{VERSION} sha256:{whole.hexdigest()}"


def deciding(root: Path = _ROOT) -> list[str]:
    """Paths of the sources below the root, sorted."""
    return sorted(
        path.relative_to(root).as_posix() for folder in FOLDERS for path in (root / folder).rglob("*.py")
    )
