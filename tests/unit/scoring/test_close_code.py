"""What a frozen month says of the code that computed it."""

import ast
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from deploy.local.places import ROOT
from services.scoring.close.code_version import CARRIERS, ROOTS, VERSION, code_version, reached

SERVICES = ROOT / "services"
PACKAGES = ("contracts", "rules", "runtime", "scoring")
INSIDE = reached(SERVICES, ROOTS) - CARRIERS.keys()
FACTS = (
    *("accounts", "posts", "metric_readings", "follower_readings", "comments"),
    *("label_corrections", "flag_reviews"),
)
READS_FACTS = re.compile(rf"\b(FROM|JOIN)\s+({'|'.join(FACTS)})\b")
# What reads facts by SQL, or is reached from the scores that the wall shows, and decides no month.
DECIDES_NOTHING = {
    "contracts/codec.py": "turns bytes into events, or refuses them; what an event means is in events.py",
    "contracts/topics.py": "names topics",
    "runtime/clock.py": "tells the time",
    "runtime/kafka.py": "sends and receives records",
    "scoring/fleet.py": "stores and publishes the scores of now, which rules/ computes",
    "scoring/close_schedule.py": "says whether a month is to be closed, not with what result",
    "scoring/close_report.py": "tells a person what was done",
    "scoring/fill_prints.py": "stores for old comments what prints.py computes",
    "scoring/rebuild_statements.py": "chooses what a rebuild does anew, by the statements of a flush",
}


@pytest.fixture
def services(tmp_path: Path) -> Path:
    """A copy of the sources, to be changed."""
    for package in PACKAGES:
        shutil.copytree(SERVICES / package, tmp_path / package)
    return tmp_path


def test_the_version_is_the_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION


def test_the_fingerprint_stands_still(services: Path) -> None:
    assert re.fullmatch(rf"{re.escape(VERSION)} sha256:[0-9a-f]{{64}}", code_version())
    assert code_version(services) == code_version()


def test_what_counts_likes_ranks_and_dates_is_inside() -> None:
    assert {
        *("scoring/post_figures.py", "scoring/from_facts.py", "scoring/statements.py", "scoring/prints.py"),
        *("contracts/precedence.py", "contracts/events.py", "scoring/facts.py"),
        *("rules/score.py", "rules/sums.py", "rules/windows.py", "rules/normalise.py", "rules/rulebook.py"),
    } <= INSIDE


@pytest.mark.parametrize("name", sorted(INSIDE))
def test_a_changed_byte_of_what_decides_is_another_version(name: str, services: Path) -> None:
    before = code_version(services)
    (services / name).write_bytes((services / name).read_bytes() + b"#")
    assert code_version(services) != before


@pytest.mark.parametrize("name", sorted(CARRIERS))
def test_a_changed_byte_of_what_only_carries_is_none(name: str, services: Path) -> None:
    before = code_version(services)
    (services / name).write_bytes((services / name).read_bytes() + b"#")
    assert code_version(services) == before


@pytest.mark.parametrize(
    "line",
    [
        "import services.scoring.split_off",
        "from services.scoring import split_off",
        "from services.scoring.split_off import weight",
        "def late():\n    from services.scoring.split_off import weight",
    ],
)
def test_what_is_split_off_a_deciding_file_decides(line: str, services: Path) -> None:
    (services / "scoring/split_off.py").write_text("weight = 1\n")
    figures = services / "scoring/post_figures.py"
    figures.write_text(f"{figures.read_text()}\n{line}\n")
    before = code_version(services)
    (services / "scoring/split_off.py").write_text("weight = 2\n")
    assert code_version(services) != before


@pytest.mark.parametrize("part", ["__init__.py", "likes.py"])
def test_deciding_file_that_became_a_package_decides_with_all_its_files(part: str, services: Path) -> None:
    package = services / "scoring/post_figures"
    package.mkdir()
    (services / "scoring/post_figures.py").rename(package / "likes.py")
    (package / "__init__.py").write_text("from pantau.score.bucket_sql.likes import guards\n")
    before = code_version(services)
    (package / part).write_bytes((package / part).read_bytes() + b"#")
    assert code_version(services) != before


def test_no_import_is_relative() -> None:
    """They are not followed."""
    for path in (each for package in PACKAGES for each in (SERVICES / package).glob("*.py")):
        imports = [
            node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.ImportFrom)
        ]
        assert not any(node.level for node in imports), path


def test_nothing_that_decides_lies_outside() -> None:
    """All that flush, closing and the scores of now reach, and all that reads facts."""
    readers = {
        path.relative_to(SERVICES).as_posix()
        for package in ("rules", "scoring")
        for path in (SERVICES / package).glob("*.py")
        if READS_FACTS.search(path.read_text(encoding="utf-8"))
    }
    judged = reached(SERVICES, (*ROOTS, "scoring/fleet.py")) | readers
    assert judged - INSIDE == CARRIERS.keys() | DECIDES_NOTHING.keys()


def test_what_only_carries_reads_no_facts() -> None:
    for name in CARRIERS:
        assert not READS_FACTS.search((SERVICES / name).read_text(encoding="utf-8")), name
