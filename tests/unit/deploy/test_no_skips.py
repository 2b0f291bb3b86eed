import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.places import ROOT


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_skipped_test_fails_in_ci_only(tmp_path: Path, ci: str, code: int) -> None:
    test = tmp_path / "test_skipped.py"
    test.write_text("import pytest\n\ndef test_it():\n    pytest.skip('no service')\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.support.no_skips",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
    ]
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), str(test)],
        cwd=ROOT,
        env={"CI": ci, "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stdout
    assert ("1 skipped tests count as failures" in done.stdout) is bool(code)
