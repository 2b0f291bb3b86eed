import hashlib
from pathlib import Path

import pytest
import requests

from deploy.local.errors import LocalStackError
from deploy.local.jars import Jar, prepare, read_jars
from deploy.local.places import JARS

CONTENTS = {name: f"jar {name}".encode() for name in ("one", "two", "three")}
LISTED = tuple(
    Jar("org.example", name, "1.0", hashlib.sha256(content).hexdigest()) for name, content in CONTENTS.items()
)


class Registry:
    """Serves CONTENTS; the artifacts in `broken` come damaged, those in `away` not at all."""

    def __init__(self) -> None:
        self.broken: set[str] = set()
        self.away: set[str] = set()
        self.asked: list[str] = []

    def fetch(self, jar: Jar, folder: Path) -> Path:
        self.asked.append(jar.artifact)
        if jar.artifact in self.away:
            raise requests.ConnectionError("no route to host")
        path = folder / jar.filename
        path.write_bytes(b"damaged" if jar.artifact in self.broken else CONTENTS[jar.artifact])
        return path


@pytest.fixture
def registry() -> Registry:
    return Registry()


def test_the_list_of_the_broker_is_complete() -> None:
    jars = read_jars(JARS.read_text(encoding="utf-8"))
    by_artifact = {jar.artifact: jar for jar in jars}
    assert len(by_artifact) == len(jars)
    assert by_artifact["kafka_2.13"].version == by_artifact["kafka-clients"].version == "4.3.0"
    assert all(len(jar.sha256) == 64 for jar in jars)


def test_list_knows_comments_and_empty_lines() -> None:
    digest = "a" * 64
    assert read_jars(f"# head\n\norg.example:one:1.0  {digest}  # tail\n") == (
        Jar("org.example", "one", "1.0", digest),
    )


@pytest.mark.parametrize("line", ["org.example:one:1.0", "org.example:one " + "a" * 64, "a:b:1 abc"])
def test_line_of_another_shape_is_refused_by_its_number(line: str) -> None:
    with pytest.raises(LocalStackError, match="Line 2 of the jar list"):
        read_jars(f"# head\n{line}\n")


def test_jars_are_fetched_once(tmp_path: Path, registry: Registry) -> None:
    steps: list[tuple[int, int]] = []
    paths = prepare(LISTED, tmp_path, registry.fetch, lambda done, total: steps.append((done, total)))
    assert [path.read_bytes() for path in paths] == list(CONTENTS.values())
    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]
    prepare(LISTED, tmp_path, registry.fetch)
    assert sorted(registry.asked) == sorted(CONTENTS)


def test_damaged_jar_is_thrown_away_and_named(tmp_path: Path, registry: Registry) -> None:
    registry.broken = {"two"}
    with pytest.raises(LocalStackError, match=r"two-1\.0\.jar was downloaded with SHA-256 .* thrown away"):
        prepare(LISTED, tmp_path, registry.fetch)
    assert not (tmp_path / "two-1.0.jar").exists()


def test_next_run_goes_on_after_a_failed_download(tmp_path: Path, registry: Registry) -> None:
    registry.away = {"three"}
    with pytest.raises(
        LocalStackError, match=r"three-1\.0\.jar could not be downloaded .* run the same command"
    ):
        prepare(LISTED, tmp_path, registry.fetch)
    arrived = {path.name for path in tmp_path.glob("*.jar")}
    registry.away, registry.asked = set(), []
    prepare(LISTED, tmp_path, registry.fetch)
    assert {f"{name}-1.0.jar" for name in registry.asked} == {jar.filename for jar in LISTED} - arrived
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(jar.filename for jar in LISTED)
