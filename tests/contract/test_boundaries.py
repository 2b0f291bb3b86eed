"""Who may import whom: services meet on Kafka and in ClickHouse, never in Python."""

from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.contract.code import ROOT, SETTINGS, imports, modules

SERVICES = ROOT / "services"
ALLOWED = {
    "contracts": {"contracts"},
    "masking": {"masking"},
    "runtime": {"contracts", "runtime"},
    "rules": {"contracts", "runtime", "rules"},
    **{name: {"contracts", "masking", "runtime", "rules", name} for name in SETTINGS},
}


def test_every_package_has_its_rule() -> None:
    packages = {path.name for path in SERVICES.iterdir() if (path / "__init__.py").exists()}
    assert packages == set(ALLOWED)


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_package_imports_only_what_it_may(package: str) -> None:
    strangers = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(SERVICES / package)
        for name in imports(path)
        if name.startswith("services.") and name.split(".")[1] not in ALLOWED[package]
    }
    assert not strangers


def test_services_do_not_import_their_deployment_or_tests() -> None:
    strangers = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(SERVICES)
        for name in imports(path)
        if name.split(".")[0] in ("deploy", "tests")
    }
    assert not strangers


@pytest.mark.parametrize("name", ["faust", "clickhouse_connect", "aiokafka", "torch"])
def test_heavy_parts_stay_where_they_belong(name: str) -> None:
    """Faust is a thin, replaceable shell; the pure cores know no infrastructure."""
    homes = {
        "faust": {"scoring/app.py", "scoring/__main__.py"},
        "torch": {"sentiment/checkpoints.py", "sentiment/export", "sentiment/gpu.py", "sentiment/train"},
    }
    pure = ("contracts", "rules/score.py", "rules/windows.py", "rules/normalise.py", "rules/rulebook.py")
    for path in modules(SERVICES):
        if name not in {imported.split(".")[0] for imported in imports(path)}:
            continue
        place = path.relative_to(SERVICES).as_posix()
        assert not place.startswith(pure), f"{place} imports {name}"
        if name in homes:
            assert place.startswith(tuple(homes[name])), f"{place} imports {name}"


def test_no_two_modules_import_each_other() -> None:
    """Nor through others, nor inside functions: each can be read, and moved, after those that it names."""
    named = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in modules(SERVICES)}
    arrows = {
        name: {target for found in imports(path) for target in (found, found.rpartition(".")[0])}
        for name, path in named.items()
    }
    order = TopologicalSorter({name: targets & set(named) for name, targets in arrows.items()})
    order.prepare()  # raises CycleError, which names the circle


def test_the_service_does_without_its_training() -> None:
    """The images leave it out."""
    training = SERVICES / "sentiment" / "train"
    strangers = {
        path.relative_to(ROOT).as_posix()
        for path in modules(SERVICES)
        if training not in path.parents
        and any(f"{name}.".startswith("services.sentiment.train.") for name in imports(path))
    }
    assert not strangers


def test_imports_are_found_wherever_they_stand(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("import a.b\ndef f():\n    from services.api import app\n")
    assert imports(module) == {"a.b", "services.api.app"}
