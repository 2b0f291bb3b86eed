"""A Chromium for the browser tests that needs no installation and no root."""

import ctypes.util
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import cramjam

from deploy.local.errors import LocalStackError
from deploy.local.node import run_npm
from deploy.local.places import cache

LAUNCH_ARGUMENTS = ("--no-sandbox", "--no-zygote", "--disable-gpu")
INSTALLED_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OLDEST_FITTING_VERSION = 130
HERE = Path(__file__).parent
PACKAGE = "node_modules/@sparticuz/chromium"
SYSTEM_FONTS = Path("/etc/fonts/fonts.conf")
# One file to start, so that nobody has to know what this machine lacks.
STARTER = """\
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
{environment}exec "$here/chromium-binary" "$@"
"""


def prepare() -> Path:
    """The executable: PANTAU_CHROMIUM, an installed one of a fitting version, or the fetched one."""
    named = os.environ.get("PANTAU_CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            raise LocalStackError(f"PANTAU_CHROMIUM names {named}, which is no program.")
        return Path(named)
    return installed() or fetched()


def installed() -> Path | None:
    for name in INSTALLED_NAMES:
        path = shutil.which(name)
        if path and version_of(path) >= OLDEST_FITTING_VERSION:
            return Path(path)
    return None


def version_of(path: str) -> int:
    """The major version, 0 when the program does not tell one."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"(\d+)\.\d+\.\d+", done.stdout)
    return int(found[1]) if found else 0


def prepare_old() -> Path:
    """The executable of Chromium 92, for the promise that the pages work in Chrome 94."""
    return fetched(HERE / "old")


def fetched(pins: Path = HERE) -> Path:
    """Fetch and unpack once for each version; npm holds the package to the hashes of package-lock.json."""
    lock = json.loads((pins / "package-lock.json").read_text(encoding="utf-8"))
    folder = cache() / f"chromium-{lock['packages'][PACKAGE]['version']}"
    if not (folder / "chromium").exists():
        cache().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=cache()) as workplace:
            unpack(fetch(pins, Path(workplace)), Path(workplace) / "out")
            if not folder.exists():  # another process may have been quicker
                (Path(workplace) / "out").rename(folder)
    return folder / "chromium"


def fetch(pins: Path, workplace: Path) -> Path:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(pins / name, workplace)
    run_npm("ci", "--ignore-scripts", folder=workplace)
    return workplace / PACKAGE / "bin"


def unpack(source: Path, target: Path) -> None:
    target.mkdir()
    binary = target / "chromium-binary"
    binary.write_bytes(cramjam.brotli.decompress((source / "chromium.br").read_bytes()))
    for packed in sorted(source.glob("*.tar.br")):
        unpacked = io.BytesIO(cramjam.brotli.decompress(packed.read_bytes()))
        with tarfile.open(fileobj=unpacked) as archive:
            archive.extractall(target, filter="data")
    starter = target / "chromium"
    starter.write_text(STARTER.format(environment=missing_environment()), encoding="utf-8")
    for program in (binary, starter):
        program.chmod(0o755)


def missing_environment() -> str:
    lines = ""
    if ctypes.util.find_library("nss3") is None:
        lines += 'export LD_LIBRARY_PATH="$here/lib:$LD_LIBRARY_PATH"\n'
    if not SYSTEM_FONTS.exists():
        lines += 'export FONTCONFIG_PATH="$here"\n'
    return lines
