"""The Dockerfiles against the code: each image's files, laid out, must be enough for its service."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

from tests.support.code import ROOT, SETTINGS, committed_files, imports, modules

DOCKER = ROOT / "deploy" / "docker"
TEXT = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
COPY = re.compile(r"^COPY (?!--from)(.+)$", re.MULTILINE)
STAGE = re.compile(r"^FROM (\S+) AS (\w+)\n(.*?)(?=^FROM |\Z)", re.MULTILINE | re.DOTALL)
STAGES: dict[str, tuple[str, str]] = {name: (parent, text) for parent, name, text in STAGE.findall(TEXT)}


def text_of(target: str) -> str:
    """The lines of a target, after those of the stages that it is made from."""
    parent, own = STAGES[target]
    return (text_of(parent) if parent in STAGES else "") + own


def copies(service: str) -> list[tuple[list[str], str]]:
    """Sources and target of each COPY from the build context into the image itself."""
    return [(parts[:-1], parts[-1]) for parts in (line.split() for line in COPY.findall(text_of(service)))]


def lay_out(service: str, folder: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "dist", "train")
    for sources, target in copies(service):
        for source in sources:
            destination = folder / target / (Path(source).name if target.endswith("/") else "")
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, destination, ignore=ignored, dirs_exist_ok=True)
            else:
                destination.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, destination)


def test_one_target_a_service() -> None:
    assert STAGES.keys() - {"web", "packages", "base"} == set(SETTINGS)
    assert [path.name for path in DOCKER.glob("*Dockerfile*")] == ["Dockerfile"]


@pytest.mark.parametrize("part", ["topics", "migrate", "demo", *sorted(SETTINGS)])
def test_compose_builds_known_targets(part: str) -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    given = compose["services"][part]
    assert given["build"]["target"] in STAGES
    assert given["image"] == f"pantau-{given['build']['target']}"
    assert part not in SETTINGS or given["build"]["target"] == part


@pytest.mark.parametrize("service", sorted(SETTINGS))
def test_sources_exist_and_reach_the_build(service: str) -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    admitted = {line[1:] for line in ignore if line.startswith("!")}
    for line in COPY.findall(text_of(service)):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source.split("/")[0] in admitted, f"{source} is kept out by .dockerignore"


@pytest.mark.parametrize("service", sorted(SETTINGS))
def test_image_runs_its_service_as_nobody_in_particular(service: str) -> None:
    text = text_of(service)
    kind = SETTINGS[service]
    ports = [
        str(kind.model_fields[name].default) for name in ("port", "metrics_port") if name in kind.model_fields
    ]
    assert re.search(r"^USER (?!0)\d+$", text, re.MULTILINE)
    assert f"\nEXPOSE {' '.join(ports)}\n" in text
    assert text.rstrip().endswith(f'\nCMD ["python", "-m", "services.{service}"]')
    assert "--require-hashes" in STAGES["packages"][1]


@pytest.mark.parametrize("service", sorted(SETTINGS))
def test_image_holds_all_that_the_service_imports_and_reads(service: str, tmp_path: Path) -> None:
    lay_out(service, tmp_path)
    wanted = [f"services.{service}.__main__", "deploy.docker.probe"]
    wanted += {"scoring": ["deploy.kafka.__main__", "deploy.clickhouse.migrate"]}.get(service, [])
    wanted += {"sentiment": ["services.sentiment.relabel"]}.get(service, [])
    wanted += {"jobs": ["services.scoring.close.__main__"]}.get(service, [])
    wanted += {"ingest": ["services.connectors.demo.__main__"]}.get(service, [])
    command = f"import importlib; [importlib.import_module(name) for name in {wanted}]"
    done = subprocess.run(
        [sys.executable, "-c", command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for field in SETTINGS[service].model_fields.values():
        if isinstance(field.default, Path):
            assert (tmp_path / field.default).exists()


def test_scoring_image_holds_topics_and_migrations(tmp_path: Path) -> None:
    lay_out("scoring", tmp_path)
    assert (tmp_path / "deploy/kafka/topics.yml").exists()
    assert list((tmp_path / "deploy/clickhouse/migrations").glob("*.sql"))


def test_locked_packages_cover_all_imports() -> None:
    lock = (ROOT / "requirements-runtime.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z0-9,]+\])?==", lock, re.MULTILINE))
    providers = packages_distributions()
    sources = [p for p in modules(ROOT / "services") if "train" not in p.parts]
    sources += [*modules(ROOT / "deploy/kafka"), *modules(DOCKER)]
    missing = {
        (str(path.relative_to(ROOT)), name)
        for path in sources
        for name in {imported.split(".")[0] for imported in imports(path)}
        if name in providers and not {_canonical(provider) for provider in providers[name]} & locked
    }
    assert {pair for pair in missing if not _only_for_training(*pair)} == set()


def test_no_secret_file_can_reach_an_image() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    assert ignore[1] == "*"
    assert not [path for path in committed_files() if path.name == ".env"]


def _canonical(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _only_for_training(path: str, name: str) -> bool:
    """PyTorch exports checkpoints and runs on a GPU; the image goes without."""
    homes = (
        "services/sentiment/inference/resolve.py",
        "services/sentiment/export/",
        "services/sentiment/inference/gpu.py",
    )
    return name in ("torch", "onnx") and path.startswith(homes)
