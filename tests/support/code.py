"""What the contract tests read of the repository: the services, their settings, the files."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

from pantau.runtime.settings import ServiceSettings
from services.api.settings import ApiSettings
from services.ingest.settings import IngestSettings
from services.jobs.settings import JobsSettings
from services.scoring.settings import ScoringSettings
from services.sentiment.settings import SentimentSettings

ROOT = Path(__file__).resolve().parents[2]
SETTINGS: dict[str, type[ServiceSettings]] = {
    "ingest": IngestSettings,
    "sentiment": SentimentSettings,
    "scoring": ScoringSettings,
    "api": ApiSettings,
    "jobs": JobsSettings,
}


def default(service: str, field: str) -> object:
    return SETTINGS[service].model_fields[field].default


def committed_files() -> list[Path]:
    """Tracked files and new ones that git does not ignore."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=60,
    )
    named = [ROOT / name.decode() for name in listing.stdout.split(b"\0") if name]
    return [path for path in named if path.is_file()]


def modules(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*.py")) if "node_modules" not in path.parts)


def imports(path: Path) -> set[str]:
    """Full dotted names of all that a module imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names
