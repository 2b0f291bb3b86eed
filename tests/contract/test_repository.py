"""What holds for every committed file, and for the project's own configuration."""

import re
import tomllib

import pytest

from tests.support.code import ROOT, committed_files

# Split, so that this file does not name them itself.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("maven", "org"),
        ("maven", "apache", "org"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("deb", "debian", "org"),
    )
]


def test_no_file_names_a_package_registry() -> None:
    host = re.compile("|".join(re.escape(name) for name in REGISTRY_HOSTS).encode(), re.IGNORECASE)
    named = [str(path.relative_to(ROOT)) for path in committed_files() if host.search(path.read_bytes())]
    assert not named


def test_every_lint_ignore_has_a_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("[tool.ruff.lint]")
    end = next(number for number, line in enumerate(lines) if line.startswith("[tool.mypy]"))
    bare: list[str] = []
    explained = False  # a comment opens a run of codes that it holds for
    for line in lines[start:end]:
        code = re.match(r'\s+"[A-Z]+[0-9]*",?', line)
        own = "#" in line
        if code and not own and not explained:
            bare.append(line.strip())
        explained = own or (explained and code is not None)
    assert not bare


def test_every_ignore_in_the_code_names_its_rule() -> None:
    blanket = re.compile(r"#\s*(noqa(?!: [A-Z])|type: ignore(?!\[))")
    sources = [path for path in committed_files() if path.suffix == ".py"]
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if blanket.search(line)
    ]
    assert not found


@pytest.mark.parametrize(
    "lock",
    ["requirements-bench.lock", "requirements-runtime.lock", "requirements-uv.txt", "requirements.lock"],
)
def test_every_locked_package_has_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z0-9.-]+)(?:\[[a-z0-9,]+\])?==\S+ \\$", text, re.MULTILINE)
    assert pins
    assert len(pins) == len(re.findall(r"==", text))


def test_images_get_the_versions_that_are_tested() -> None:
    runtime, tested = _pins("requirements-runtime.lock"), _pins("requirements.lock")
    differing = {
        name: (version, tested.get(name)) for name, version in runtime.items() if tested.get(name) != version
    }
    assert not differing


def test_images_get_every_package_that_services_ask_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {re.split(r"[\[<>=~! ]", wanted)[0].lower() for wanted in project["dependencies"]}
    assert asked <= set(_pins("requirements-runtime.lock"))


def _pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z0-9,]+\])?==(\S+)", text, re.MULTILINE))
