"""What a frozen month says of the code that computed it."""

import ast
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from deploy.local.places import ROOT
from services.scoring.close.code_version import CARRIERS, ROOTS, VERSION, code_version, reached

PACKAGES = ("pantau", "services/scoring")
INSIDE = reached(ROOT, ROOTS) - CARRIERS.keys()
FACTS = (
    *("accounts", "posts", "metric_readings", "follower_readings", "comments"),
    *("label_corrections", "flag_reviews"),
)
READS_FACTS = re.compile(rf"\b(FROM|JOIN)\s+({'|'.join(FACTS)})\b")
# What reads facts by SQL, or is reached from the scores that the wall shows, and decides no month.
DECIDES_NOTHING = {
    "pantau/contracts/codec.py": "turns bytes into events, or refuses them; its meaning is in events.py",
    "pantau/contracts/topics.py": "names topics",
    "pantau/runtime/clock.py": "tells the time",
    "pantau/runtime/kafka.py": "sends and receives records",
    "services/scoring/scores.py": "stores and publishes the scores of now, which pantau/score computes",
    "services/scoring/close/schedule.py": "says whether a month is to be closed, not with what result",
    "services/scoring/close/report.py": "tells a person what was done",
    "services/scoring/rebuild/backfill_fingerprints.py": "stores for old comments what fingerprints computes",
    "services/scoring/rebuild/statements.py": "chooses what a rebuild does anew, by a flush's statements",
}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy, to be changed."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / "services/__init__.py", tmp_path / "services/__init__.py")
    return tmp_path


def test_the_version_is_the_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION


def test_the_fingerprint_stands_still(sources: Path) -> None:
    assert re.fullmatch(rf"{re.escape(VERSION)} sha256:[0-9a-f]{{64}}", code_version())
    assert code_version(sources) == code_version()


def test_what_counts_likes_ranks_and_dates_is_inside() -> None:
    assert {
        *(
            "pantau/score/bucket_sql.py",
            "pantau/score/fact_sums.py",
            "services/scoring/buckets/flush_sql.py",
            "pantau/score/fingerprints.py",
        ),
        *(
            "pantau/contracts/precedence.py",
            "pantau/contracts/events.py",
            "services/scoring/buckets/facts.py",
        ),
        *(
            "pantau/score/formula.py",
            "pantau/score/bucket_sums.py",
            "pantau/score/windows.py",
            "pantau/score/normalisers.py",
            "pantau/score/rules.py",
        ),
    } <= INSIDE


@pytest.mark.parametrize("name", sorted(INSIDE))
def test_a_changed_byte_of_what_decides_is_another_version(name: str, sources: Path) -> None:
    before = code_version(sources)
    (sources / name).write_bytes((sources / name).read_bytes() + b"#")
    assert code_version(sources) != before


@pytest.mark.parametrize("name", sorted(CARRIERS))
def test_a_changed_byte_of_what_only_carries_is_none(name: str, sources: Path) -> None:
    before = code_version(sources)
    (sources / name).write_bytes((sources / name).read_bytes() + b"#")
    assert code_version(sources) == before


@pytest.mark.parametrize(
    "line",
    [
        "import services.scoring.split_off",
        "from services.scoring import split_off",
        "from services.scoring.split_off import weight",
        "def late():\n    from services.scoring.split_off import weight",
    ],
)
def test_what_is_split_off_a_deciding_file_decides(line: str, sources: Path) -> None:
    (sources / "services/scoring/split_off.py").write_text("weight = 1\n")
    figures = sources / "pantau/score/bucket_sql.py"
    figures.write_text(f"{figures.read_text()}\n{line}\n")
    before = code_version(sources)
    (sources / "services/scoring/split_off.py").write_text("weight = 2\n")
    assert code_version(sources) != before


@pytest.mark.parametrize("part", ["__init__.py", "likes.py"])
def test_deciding_file_that_became_a_package_decides_with_all_its_files(part: str, sources: Path) -> None:
    package = sources / "pantau/score/bucket_sql"
    package.mkdir()
    (sources / "pantau/score/bucket_sql.py").rename(package / "likes.py")
    (package / "__init__.py").write_text("from pantau.score.bucket_sql.likes import guards\n")
    before = code_version(sources)
    (package / part).write_bytes((package / part).read_bytes() + b"#")
    assert code_version(sources) != before


def test_no_import_is_relative() -> None:
    """They are not followed."""
    for path in (each for package in PACKAGES for each in (ROOT / package).rglob("*.py")):
        imports = [
            node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.ImportFrom)
        ]
        assert not any(node.level for node in imports), path


def test_nothing_that_decides_lies_outside() -> None:
    """All that flush, closing and the scores of now reach, and all that reads facts."""
    readers = {
        path.relative_to(ROOT).as_posix()
        for package in ("pantau/score", "services/scoring")
        for path in (ROOT / package).rglob("*.py")
        if READS_FACTS.search(path.read_text(encoding="utf-8"))
    }
    judged = reached(ROOT, (*ROOTS, "services/scoring/scores.py")) | readers
    assert judged - INSIDE == CARRIERS.keys() | DECIDES_NOTHING.keys()


def test_what_only_carries_reads_no_facts() -> None:
    for name in CARRIERS:
        assert not READS_FACTS.search((ROOT / name).read_text(encoding="utf-8")), name
