"""Who may import whom: services meet on Kafka and in ClickHouse, never in Python."""

from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support.code import ROOT, SETTINGS, imports, modules

SERVICES, SHARED = ROOT / "services", ROOT / "pantau"
PACKAGES = sorted({*SETTINGS, "connectors"})  # connectors has commands and no process of its own yet
WEB = {"fastapi", "starlette", "uvicorn"}
# What each package of pantau may import of it, itself apart.
INSIDE = {
    "contracts": set(),
    "masking": set(),
    "reading": {"contracts"},
    "runtime": {"contracts"},
    "score": {"contracts", "runtime"},
    "analytics": {"contracts", "runtime", "score"},
}


def test_every_package_has_its_rule() -> None:
    assert {path.parent.name for path in SERVICES.glob("*/__init__.py")} == set(PACKAGES)
    assert {path.parent.name for path in SHARED.glob("*/__init__.py")} == set(INSIDE)


@pytest.mark.parametrize("service", PACKAGES)
def test_service_imports_no_other_service(service: str) -> None:
    strangers = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(SERVICES / service)
        for name in imports(path)
        if name.startswith("services.") and name.split(".")[1] != service
    }
    assert not strangers


@pytest.mark.parametrize("package", sorted(INSIDE))
def test_what_is_shared_imports_no_service_and_only_what_it_may(package: str) -> None:
    strangers = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(SHARED / package)
        for name in imports(path)
        if name.startswith("services.")
        or (name.startswith("pantau.") and name.split(".")[1] not in INSIDE[package] | {package})
    }
    assert not strangers


def test_what_is_shared_has_no_routes() -> None:
    """Only what both HTTP services share names the framework, and no part of that is a router."""
    found = {
        (path.relative_to(SHARED).as_posix(), name)
        for path in modules(SHARED)
        for name in imports(path)
        if name.split(".")[0] in WEB
    }
    assert {place for place, _ in found} == {
        "runtime/http.py",
        "runtime/http_server.py",
        "runtime/request_body.py",
    }
    assert not {name for _, name in found if "APIRouter" in name}
    assert {place for place, name in found if name.split(".")[0] == "uvicorn"} == {"runtime/http_server.py"}


def test_the_read_side_comes_without_http() -> None:
    """Reports and alerts use it too: nothing that it imports, however far away, imports the framework."""
    named = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in modules(SHARED)}
    waiting = [name for name in named if name.startswith("pantau.analytics.")]
    seen = set(waiting)
    while waiting:
        for name in imports(named[waiting.pop()]):
            assert name.split(".")[0] not in WEB, name
            known = {target for target in (name, name.rpartition(".")[0]) if target in named} - seen
            seen |= known
            waiting += known


def test_no_room_of_the_api_but_the_application_knows_every_feature() -> None:
    """What all share knows none; a feature knows those that it is made of."""
    api = SERVICES / "api"
    features = {path.parent.name for path in api.glob("*/routes.py")}
    assert features == {path.parent.name for path in api.glob("*/service.py")}
    known = {
        path.relative_to(api).as_posix(): {
            name.split(".")[2] for name in imports(path) if _is_of(name, features)
        }
        for path in modules(api)
    }
    assert known.pop("app.py") == features
    shared = {place: names for place, names in known.items() if place.split("/")[0] not in features}
    assert {place for place, names in shared.items() if names} == {"service.py"}
    assert max(len(names - {place.split("/")[0]}) for place, names in known.items()) <= 2


def _is_of(name: str, features: set[str]) -> bool:
    return name.startswith("services.api.") and name.split(".")[2] in features


def test_services_do_not_import_their_deployment_or_tests() -> None:
    strangers = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (*modules(SHARED), *modules(SERVICES))
        for name in imports(path)
        if name.split(".")[0] in ("deploy", "tests")
    }
    assert not strangers


@pytest.mark.parametrize("name", ["faust", "clickhouse_connect", "aiokafka", "torch"])
def test_heavy_parts_stay_where_they_belong(name: str) -> None:
    """Faust is a thin, replaceable shell; the pure cores know no infrastructure."""
    homes = {
        "faust": {"services/scoring/worker.py", "services/scoring/__main__.py"},
        "torch": {
            *("services/sentiment/inference/resolve.py", "services/sentiment/inference/gpu.py"),
            *("services/sentiment/export", "services/sentiment/train"),
        },
    }
    pure = ("contracts", "score/formula.py", "score/windows.py", "score/normalisers.py", "score/rules.py")
    for path in (*modules(SHARED), *modules(SERVICES)):
        if name not in {imported.split(".")[0] for imported in imports(path)}:
            continue
        place = path.relative_to(ROOT).as_posix()
        assert not place.startswith(tuple(f"pantau/{part}" for part in pure)), f"{place} imports {name}"
        if name in homes:
            assert place.startswith(tuple(homes[name])), f"{place} imports {name}"


def test_no_two_modules_import_each_other() -> None:
    """Nor through others, nor inside functions: each can be read, and moved, after those that it names."""
    found = (*modules(SHARED), *modules(SERVICES))
    named = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in found}
    arrows = {
        name: {target for name in imports(path) for target in (name, name.rpartition(".")[0])}
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
