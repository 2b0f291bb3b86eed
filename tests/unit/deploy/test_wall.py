import os
from pathlib import Path

import pytest

from deploy.local.wall import build_steps


@pytest.fixture
def wall(tmp_path: Path) -> Path:
    for name in ("package.json", "package-lock.json", "src/wall.ts"):
        write(tmp_path / name, at=100)
    write(tmp_path / "node_modules/.package-lock.json", at=200)
    write(tmp_path / "dist/index.html", at=300)
    return tmp_path


def write(path: Path, at: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    os.utime(path, (at, at))


def commands(wall: Path) -> list[str]:
    return [" ".join(step.command[2:4]) for step in build_steps(wall)]


def test_fresh_bundle_is_left_alone(wall: Path) -> None:
    assert commands(wall) == []


def test_bundle_older_than_a_source_is_built_again(wall: Path) -> None:
    write(wall / "src/wall.ts", at=400)
    assert commands(wall) == ["run build"]


def test_missing_bundle_is_built(wall: Path) -> None:
    (wall / "dist/index.html").unlink()
    assert commands(wall) == ["run build"]


def test_packages_are_installed_when_the_lock_changed(wall: Path) -> None:
    write(wall / "package-lock.json", at=400)
    assert commands(wall) == ["ci --no-audit", "run build"]


def test_checkout_without_a_wall_needs_nothing(tmp_path: Path) -> None:
    assert commands(tmp_path) == []
