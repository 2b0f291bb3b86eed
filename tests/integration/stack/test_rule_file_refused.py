"""A faulty rule file stops the services that read it before anything is started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.places import ROOT
from tests.support.api import KEY

FAULTY = """\
version: "2026-9"
version: "2026-9"
weights: {views: 0.2, posts: 0.2, comments: 0.4, likes: 0.3}
platforms: {instagram: 1, facebook: 1, youtube: 1, tiktok: -1, twitter: 1}
minimum_post: 4
"""
FAULTS = [
    "version: named twice, again on line 2",
    "weights: weights add up to 1.1, not 1",
    "platforms.tiktok: Input should be greater than or equal to 0",
    "platforms.x: missing",
    "platforms.twitter: no rule has this name",
    "minimum_post: no rule has this name",
]


@pytest.mark.parametrize("service", ["scoring", "api"])
def test_all_faults_are_told_and_nothing_is_started(service: str, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(FAULTY)
    environment = os.environ | {f"{service.upper()}_RULES_FILE": str(rules)}
    if service == "api":
        environment |= {"API_KEYS": KEY}
    ended = subprocess.run(
        [sys.executable, "-m", f"services.{service}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 78
    first, file, *told = ended.stderr.splitlines()
    assert first == "Configuration refused, nothing was started:"
    assert file.strip() == f"{rules}:"
    assert sorted(line.strip() for line in told) == sorted(FAULTS)
    assert ended.stdout == ""
