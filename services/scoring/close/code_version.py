"""Which code computed a month: the version, and a fingerprint over the sources that decide the result.

They are found, not listed: what turns events into facts and facts into figures and scores, with all that
these import, save what only carries.
"""

import ast
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

VERSION = "0.1.0"  # of pyproject.toml, which images do not carry
# An event becomes facts and buckets, facts become a month's figures, figures become its scores.
ROOTS = (
    "services/scoring/buckets/flush.py",
    "services/scoring/close/inputs.py",
    "services/scoring/close/document.py",
)
# Imported by what decides and deciding nothing, each with the reason.
CARRIERS = {
    "pantau/runtime/clickhouse.py": "sends statements and rows as they are",
    "pantau/runtime/errors.py": "names the fates of a failure",
    "pantau/runtime/metrics.py": "counts for operators",
    "pantau/score/bucket_rules.py": "refuses to mix buckets of different guards, and makes none",
}

_ROOT = Path(__file__).parents[3]
_PACKAGES = ("pantau", "services")


def code_version(root: Path = _ROOT) -> str:
    """As `0.1.0 sha256:…`. The fingerprint is that of each file's path and content."""
    whole = sha256()
    for name in sorted(reached(root, ROOTS) - CARRIERS.keys()):
        whole.update(f"{name}\n".encode())
        whole.update(sha256((root / name).read_bytes()).digest())
    return f"{VERSION} sha256:{whole.hexdigest()}"


def reached(root: Path, roots: tuple[str, ...]) -> set[str]:
    """Paths of `roots` and of all our modules that they import, also through others."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found and (root / name).is_file():
            found.add(name)
            if name not in CARRIERS:
                waiting += _imported(root / name)
    return found


def _imported(module: Path) -> Iterator[str]:
    """Paths below the root that imports may mean, not all of them files: a module, a package, its parents."""
    for node in ast.walk(ast.parse(module.read_bytes())):
        match node:
            case ast.Import(names=names):
                dotted = [alias.name for alias in names]
            case ast.ImportFrom(module=str(package), names=names):
                dotted = [package, *(f"{package}.{alias.name}" for alias in names)]
            case _:
                continue
        for name in dotted:
            parts = name.split(".")
            if parts[0] in _PACKAGES:
                yield f"{'/'.join(parts)}.py"
                yield from (f"{'/'.join(parts[:n])}/__init__.py" for n in range(1, len(parts) + 1))
