"""The broker's jars, fetched by jgo from Maven Central and held to the hashes of jars.txt."""

import hashlib
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import requests
from jgo.maven import MavenContext

from deploy.local.errors import LocalStackError

PARALLEL_DOWNLOADS = 8
DOWNLOAD_TIMEOUT_SECONDS = 60
SHA256_HEX_DIGITS = 64

Fetch = Callable[["Jar", Path], Path]
"""Download a jar somewhere below the given empty folder and return where it lies."""


@dataclass(frozen=True, slots=True)
class Jar:
    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def filename(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def read_jars(text: str) -> tuple[Jar, ...]:
    """Lines of `group:artifact:version sha256`; `#` starts a comment."""
    jars = []
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.partition("#")[0].split()
        if not content:
            continue
        coordinates = content[0].split(":")
        if len(content) != 2 or len(coordinates) != 3 or len(content[1]) != SHA256_HEX_DIGITS:
            raise LocalStackError(f"Line {number} of the jar list is not `group:artifact:version sha256`.")
        jars.append(Jar(coordinates[0], coordinates[1], coordinates[2], content[1]))
    return tuple(jars)


def fetch_with_jgo(jar: Jar, folder: Path) -> Path:
    context = MavenContext(repo_cache=folder, timeout=DOWNLOAD_TIMEOUT_SECONDS)
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    path = context.resolver.download(artifact)
    if path is None:
        raise LocalStackError(
            f"{jar.filename} is not to be had; run the same command again to go on from here."
        )
    return Path(path)


def prepare(
    jars: tuple[Jar, ...],
    folder: Path,
    fetch: Fetch = fetch_with_jgo,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Path]:
    """The paths of all jars in `folder`, fetching those that are not there.

    A jar gets its final name only after its hash was checked, so what is there is whole: a broken download
    costs one sentence, and the next run goes on from it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in jars if not (folder / jar.filename).exists()]
    done = len(jars) - len(missing)
    progress(done, len(jars))
    with ThreadPoolExecutor(PARALLEL_DOWNLOADS) as pool:
        downloads = [pool.submit(fetch_one, jar, folder, fetch) for jar in missing]
        try:
            for download in as_completed(downloads):
                download.result()
                done += 1
                progress(done, len(jars))
        except LocalStackError:
            pool.shutdown(cancel_futures=True)
            raise
    return [folder / jar.filename for jar in jars]


def fetch_one(jar: Jar, folder: Path, fetch: Fetch) -> None:
    with tempfile.TemporaryDirectory(prefix=".fetching-", dir=folder) as workplace:
        try:
            downloaded = fetch(jar, Path(workplace))
        except (requests.RequestException, RuntimeError, OSError) as error:
            raise LocalStackError(
                f"{jar.filename} could not be downloaded ({type(error).__name__}); "
                "check the network and run the same command again, it goes on from here."
            ) from error
        check_hash(jar, downloaded)
        downloaded.replace(folder / jar.filename)


def check_hash(jar: Jar, path: Path) -> None:
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != jar.sha256:
        raise LocalStackError(
            f"{jar.filename} was downloaded with SHA-256 {found[:12]}… not {jar.sha256[:12]}… as listed; "
            "it was thrown away."
        )
