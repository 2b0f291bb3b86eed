"""What a frozen month says of the code that computed it."""

import ast
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.places import ROOT
from services.scoring.close.code_version import FOLDERS, VERSION, code_version, deciding

INSIDE = deciding()
FACTS = (
    *("accounts", "posts", "metric_readings", "follower_readings", "comments"),
    *("label_corrections", "flag_reviews"),
)
READS_FACTS = re.compile(rf"\b(FROM|JOIN)\s+({'|'.join(FACTS)})\b")
# Imported by what decides and deciding nothing, each with the reason.
CARRIERS = {
    "pantau/runtime/clickhouse.py": "sends statements and rows as they are",
    "pantau/runtime/errors.py": "names the fates of a failure",
    "pantau/runtime/yaml_file.py": "reads a file, refusing names that stand twice",
}
# Reads facts by SQL and decides no month.
DECIDES_NOTHING = {
    "services/scoring/buckets/flush_sql.py": "stores what bucket_sql.py computes of a flush's posts",
    "services/scoring/close/report.py": "tells a person what was done",
    "services/scoring/rebuild/backfill_fingerprints.py": "stores for old comments what fingerprints computes",
    "services/scoring/rebuild/statements.py": "chooses what a rebuild does anew, by a flush's statements",
}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy, to be changed."""
    for package in FOLDERS:
        shutil.copytree(ROOT / package, tmp_path / package)
    return tmp_path


def imported(module: Path) -> Iterator[str]:
    """Dotted names that a module imports, `a.b` of `from a import b` too."""
    for node in ast.walk(ast.parse(module.read_bytes())):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=package, names=names, level=level):
                assert not level, f"{module} imports relatively"
                yield from (f"{package}.{alias.name}" for alias in names)


def ours(name: str) -> str | None:
    """The file that an imported name is in, if it is one of the project."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        path = "/".join(parts[:end])
        for candidate in (f"{path}.py", f"{path}/__init__.py"):
            if (ROOT / candidate).is_file():
                return candidate
    return None


def test_the_version_is_the_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION


def test_the_fingerprint_stands_still(sources: Path) -> None:
    assert re.fullmatch(rf"{re.escape(VERSION)} sha256:[0-9a-f]{{64}}", code_version())
    assert code_version(sources) == code_version()


def test_what_counts_likes_ranks_and_dates_is_inside() -> None:
    score = (
        *("bucket_sql", "bucket_sums", "comment_sql", "fact_sums", "facts", "fingerprints", "formula"),
        *("month_document", "month_inputs", "month_sql", "normalisers", "rules", "windows"),
    )
    contracts = ("codec", "events", "precedence")
    assert {f"pantau/score/{name}.py" for name in score} <= set(INSIDE)
    assert {f"pantau/contracts/{name}.py" for name in contracts} <= set(INSIDE)


@pytest.mark.parametrize("name", INSIDE)
def test_a_changed_byte_of_what_decides_is_another_version(name: str, sources: Path) -> None:
    before = code_version(sources)
    (sources / name).write_bytes((sources / name).read_bytes() + b"#")
    assert code_version(sources) != before


@pytest.mark.parametrize("part", ["split_off.py", "likes/__init__.py", "likes/views.py"])
def test_what_is_split_off_a_deciding_file_decides(part: str, sources: Path) -> None:
    before = code_version(sources)
    path = sources / "pantau/score" / part
    path.parent.mkdir(exist_ok=True)
    path.write_text("weight = 1\n")
    first = code_version(sources)
    path.write_text("weight = 2\n")
    assert len({before, first, code_version(sources)}) == 3


def test_a_renamed_file_is_another_version(sources: Path) -> None:
    before = code_version(sources)
    (sources / "pantau/score/formula.py").rename(sources / "pantau/score/formulas.py")
    assert code_version(sources) != before


@pytest.mark.parametrize("name", INSIDE)
def test_what_decides_imports_only_what_decides(name: str) -> None:
    reached = {path for module in imported(ROOT / name) if (path := ours(module))}
    packages = {path for path in reached if path.endswith("/__init__.py")}
    assert all(
        not (ROOT / path).read_text(encoding="utf-8").strip().startswith(("import", "from"))
        for path in packages
    )
    assert reached - packages <= {*INSIDE, *CARRIERS}


def test_carriers_are_those_that_are_imported() -> None:
    reached = {path for name in INSIDE for module in imported(ROOT / name) if (path := ours(module))}
    assert CARRIERS.keys() <= reached


def test_nothing_that_decides_lies_outside() -> None:
    """All else in scoring that reads facts is listed, with the reason why it decides no month."""
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "services/scoring").rglob("*.py")
        if READS_FACTS.search(path.read_text(encoding="utf-8"))
    }
    assert readers == DECIDES_NOTHING.keys()


def test_what_only_carries_reads_no_facts() -> None:
    for name in CARRIERS:
        assert not READS_FACTS.search((ROOT / name).read_text(encoding="utf-8")), name
