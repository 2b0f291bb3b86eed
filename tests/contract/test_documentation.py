"""What the code has, docs/ tells: settings, metrics, topics, events, routes and rules."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from pantau.contracts import topics
from pantau.contracts.schema import EVENTS
from pantau.runtime.settings import ServiceSettings, variables
from services.api.app import application
from services.ingest.accounts import routes as accounts_endpoint
from services.ingest.events import routes as events_endpoint
from tests.support.code import ROOT, SETTINGS, committed_files
from tests.support.metrics import METRICS

DOCS = ROOT / "docs"
SETTINGS_PAGE = (DOCS / "operate" / "settings.md").read_text(encoding="utf-8")
METRICS_PAGE = (DOCS / "operate" / "metrics-and-alerts.md").read_text(encoding="utf-8")
PAGES = [path for path in committed_files() if path.suffix == ".md" and not path.name.endswith("card.md")]
EVENTS_PAGE = (DOCS / "reference" / "events.md").read_text(encoding="utf-8")
SCORE_PAGE = (DOCS / "skor.md").read_text(encoding="utf-8")
MAPPED = ("pantau", "services", "deploy", "web", "tests", "docs")
RULES_FILE = ROOT / "deploy/scoring/rules.yaml"


def section(heading: str) -> str:
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^##|\Z)", SETTINGS_PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/operate/settings.md has no section '## {heading}'"
    return found[1]


def shown(default: object) -> str:
    if hasattr(default, "get_secret_value"):
        default = default.get_secret_value()
    text = str(default).removeprefix(f"{ROOT}/")
    return {"None": "", "True": "`true`", "False": "`false`"}.get(text, f"`{text}`")


def defaults(kind: type[ServiceSettings]) -> dict[str, str]:
    """Each variable and how its default is written in the table; nothing where it is required or computed."""
    return {
        variable: "required" if field.is_required() else "" if field.default_factory else shown(field.default)
        for variable, field in zip(variables(kind), kind.model_fields.values(), strict=True)
    }


def test_shared_settings_have_a_table() -> None:
    table = section("Settings of all services")
    shared = {name: shown(field.default) for name, field in ServiceSettings.model_fields.items()}
    shared["metrics_port"] = ""
    for name, default in shared.items():
        assert f"| `{name.upper()}` | {default} |".replace("|  |", "| |") in table


@pytest.mark.parametrize("service", sorted(SETTINGS))
def test_every_setting_is_in_its_services_table(service: str) -> None:
    table = section(f"Settings of {service}")
    shared = {name.upper() for name in ServiceSettings.model_fields} - {"METRICS_PORT"}
    for name, default in defaults(SETTINGS[service]).items():
        if name not in shared:
            assert f"| `{name}` | {default} |".replace("|  |", "| |") in table


@pytest.mark.parametrize("service", sorted(SETTINGS))
def test_no_setting_is_told_that_does_not_exist(service: str) -> None:
    told = set(re.findall(r"^\| `([A-Z_]+)`", section(f"Settings of {service}"), re.MULTILINE))
    assert told <= set(variables(SETTINGS[service]))


def test_every_metric_is_told_with_its_kind_and_labels() -> None:
    for metric in METRICS:
        labels = ", ".join(metric.labels)
        assert f"| `{metric.name}` | {metric.kind} | {labels} |".replace("|  |", "| |") in METRICS_PAGE


def test_no_metric_is_told_that_does_not_exist() -> None:
    told = set(re.findall(r"^\| `(pantau_\w+)`", METRICS_PAGE, re.MULTILINE))
    assert told == {metric.name for metric in METRICS}


@pytest.mark.parametrize("topic", topics.ALL)
def test_every_topic_is_told(topic: str) -> None:
    assert f"| `{topic}` |" in EVENTS_PAGE
    assert f"`{topic}`" in METRICS_PAGE


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_and_each_of_its_fields_is_told(event: Any) -> None:
    kind = event.model_fields["type"].default
    assert f"### {kind}\n" in EVENTS_PAGE
    of_event = EVENTS_PAGE.partition(f"### {kind}\n")[2].partition("\n### ")[0]
    assert f"events/{kind}.v1.json" in of_event
    for name in set(event.model_fields) - {"type", "schema_version"}:
        assert f"`{name}`" in of_event or f'"{name}"' in of_event, name


def routes() -> set[str]:
    ingest = FastAPI()
    intake: Any = type("Intake", (), {"authorise": staticmethod(lambda: None)})
    ingest.include_router(events_endpoint.router(intake))
    ingest.include_router(accounts_endpoint.router(intake))
    return {*application().openapi()["paths"], *ingest.openapi()["paths"]}


def test_every_route_is_told() -> None:
    pages = "\n".join(path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md"))
    missing = {route for route in routes() if not re.search(rf"{re.escape(route)}(?![\w/])", pages)}
    assert not missing


def test_score_page_gives_the_rules_as_they_are() -> None:
    from pantau.score.rules import load_rules

    rules = load_rules(RULES_FILE)
    for metric, weight in rules.weights.items():
        assert re.search(rf"\| `{metric}` \| .* \| {weight * 100:.0f} % \|", SCORE_PAGE), metric
    assert f"`{rules.version}`" in SCORE_PAGE
    assert f"{rules.minimum_completeness * 100:.0f} %" in SCORE_PAGE
    assert f"paling banyak {rules.max_comments_per_author_and_post} komentar" in SCORE_PAGE
    assert f"paling banyak {rules.max_posts_per_day} unggahan" in SCORE_PAGE
    assert f"`{rules.normaliser}`" in SCORE_PAGE
    assert f"Paling sedikit {rules.minimum_posts} unggahan" in SCORE_PAGE
    assert f"paling sedikit {rules.minimum_followers} pengikut" in SCORE_PAGE
    for name in type(rules).model_fields:
        value = getattr(rules, name)
        told = f"{value:g}".replace(".", ",") if isinstance(value, int | float) else ""
        assert re.search(rf"\| `{name}` \| .* \| {told}", SCORE_PAGE), name


def anchors(page: Path) -> set[str]:
    """Of a page's headings, as the forge makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(
        r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)", page.read_text(encoding="utf-8")
    )
    for target, anchor in links:
        leads_to = page.parent / target if target else page
        assert leads_to.exists(), target
        assert not anchor or anchor in anchors(leads_to), f"{target}#{anchor}"


def test_every_page_is_found_from_the_first() -> None:
    listed = (DOCS / "README.md").read_text(encoding="utf-8") + (DOCS / "lab/README.md").read_text(
        encoding="utf-8"
    )
    for page in DOCS.rglob("*.md"):
        assert (
            page.name == "README.md"
            or f"]({page.relative_to(DOCS).as_posix()})" in listed
            or (page.parent.name == "lab" and f"]({page.name})" in listed)
        ), page


def test_the_map_shows_the_folders_as_they_lie() -> None:
    """Two levels below the root, of what holds code or documents."""
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    tree = re.search(r"```text\n(pantau/.*?)```", text, re.DOTALL)
    assert tree
    shown: set[str] = set()
    parent = ""
    for line in tree[1].splitlines():
        if top := re.match(r"^([a-z]+)/(?:\s|$)", line):
            parent = top[1]
            shown.add(parent)
        elif below := re.match(r"^[├└]── ([\w]+)/\s", line):
            shown.add(f"{parent}/{below[1]}")
    lie = {
        "/".join(path.relative_to(ROOT).parts[:2])
        for path in committed_files()
        if path.relative_to(ROOT).parts[0] in MAPPED and len(path.relative_to(ROOT).parts) > 2
    }
    assert shown == lie | set(MAPPED)
