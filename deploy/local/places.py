"""Where the local stack keeps what it fetches and what it stores."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".local"
MIGRATIONS = ROOT / "deploy" / "clickhouse" / "migrations"
TOPICS = ROOT / "deploy" / "kafka" / "topics.yml"
JARS = Path(__file__).with_name("jars.txt")


def cache() -> Path:
    """Fetched packages, shared by every checkout of this user."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "pantau"
