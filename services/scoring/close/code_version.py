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
ROOTS = ("scoring/flush.py", "scoring/close_facts.py", "scoring/close_document.py")
# Imported by what decides and deciding nothing, each with the reason.
CARRIERS = {
    "runtime/clickhouse.py": "sends statements and rows as they are",
    "runtime/errors.py": "names the fates of a failure",
    "runtime/metrics.py": "counts for operators",
    "scoring/guards.py": "refuses to mix buckets of different guards, and makes none",
}

_SERVICES = Path(__file__).parents[1]


def code_version(services: Path = _SERVICES) -> str:
    """As `0.1.0 sha256:…`. The fingerprint is that of each file's path and content."""
    whole = sha256()
    for name in sorted(reached(services, ROOTS) - CARRIERS.keys()):
        whole.update(f"{name}\n".encode())
        whole.update(sha256((services / name).read_bytes()).digest())
    return f"{VERSION} sha256:{whole.hexdigest()}"


def reached(services: Path, roots: tuple[str, ...]) -> set[str]:
    """Paths of `roots` and of all modules of `services` that they import, also through others."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found and (services / name).is_file():
            found.add(name)
            if name not in CARRIERS:
                waiting += _imported(services / name)
    return found


def _imported(module: Path) -> Iterator[str]:
    """Paths below services that imports may mean, not all of them files: a module, a package, its parents."""
    for node in ast.walk(ast.parse(module.read_bytes())):
        match node:
            case ast.Import(names=names):
                dotted = [alias.name for alias in names]
            case ast.ImportFrom(module=str(package), names=names):
                dotted = [package, *(f"{package}.{alias.name}" for alias in names)]
            case _:
                continue
        for name in dotted:
            top, *parts = name.split(".")
            if top == "services":
                yield f"{'/'.join(parts)}.py"
                yield from (f"{'/'.join(parts[:n])}/__init__.py" for n in range(1, len(parts) + 1))
