from pathlib import Path

import pytest


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A built wall, in small."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Pantau</title>")
    (tmp_path / "assets" / "index-Bx7.js").write_text("export {};")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path.parent / "secret").write_text("no")
    return tmp_path
