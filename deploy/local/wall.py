"""Builds the wall's bundle when it is missing or older than its sources."""

import os
from collections.abc import Iterator
from pathlib import Path

from deploy.local.children import Program
from deploy.local.node import QUIET, environment, npm
from deploy.local.places import ROOT

WALL = ROOT / "web"
NOT_SOURCES = frozenset({"dist", "node_modules"})


def build_steps(wall: Path = WALL) -> list[Program]:
    """Nothing when the bundle is there and newer than everything it is made of."""
    if not (wall / "package.json").exists() or is_fresh(wall):
        return []
    steps = [Program("wall", npm("run", "build"), environment(), wall)]
    if not installed(wall):
        steps.insert(0, Program("wall", npm("ci", *QUIET), environment(), wall))
    return steps


def is_fresh(wall: Path) -> bool:
    built = newest(wall / "dist")
    return built > 0 and built >= max(source.stat().st_mtime for source in sources(wall))


def installed(wall: Path) -> bool:
    """Npm leaves a lock of its own behind when it is done."""
    done, lock = wall / "node_modules" / ".package-lock.json", wall / "package-lock.json"
    return done.exists() and lock.exists() and done.stat().st_mtime >= lock.stat().st_mtime


def newest(folder: Path) -> float:
    return max((path.stat().st_mtime for path in folder.rglob("*") if path.is_file()), default=0.0)


def sources(wall: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(wall):
        folders[:] = [name for name in folders if name not in NOT_SOURCES]
        yield from (Path(folder) / name for name in files)
