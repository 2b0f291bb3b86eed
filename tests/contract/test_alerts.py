"""deploy/prometheus/rules against the metrics of the code and the runbooks of docs/operate."""

import re
from typing import Any

import pytest
import yaml

from tests.support.code import ROOT
from tests.support.metrics import METRICS, exported_names

FILE = ROOT / "deploy/prometheus/rules/pantau.yml"
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]
]
# What Prometheus itself and its client library add.
GIVEN = {"up", "process_start_time_seconds"}
ADDED_LABELS = {"job", "instance", "le"}
SELECTOR = re.compile(r"\b(up|(?:pantau|process)_\w+)(?:\{([^}]*)\})?")


def test_rule_files_are_the_ones_that_prometheus_reads() -> None:
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    read = {path for pattern in config["rule_files"] for path in (ROOT / "deploy/prometheus").glob(pattern)}
    assert read == {FILE}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_alert_says_what_is_wrong_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"]
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_alert_uses_metrics_and_labels_that_exist(rule: dict[str, Any]) -> None:
    known = exported_names()
    used = SELECTOR.findall(rule["expr"])
    assert used
    for name, selectors in used:
        assert name in known or name in GIVEN, name
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selectors))
        assert labels <= ADDED_LABELS | set(known.get(name, ())), (name, labels)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_grouping_is_by_labels_that_exist(rule: dict[str, Any]) -> None:
    every_label = ADDED_LABELS.union(*(metric.labels for metric in METRICS))
    for group in re.findall(r"\b(?:by|on) \(([^)]*)\)", rule["expr"]):
        assert {label.strip() for label in group.split(",")} <= every_label


def test_alerts_have_names_of_their_own() -> None:
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names))


def test_the_symptoms_that_matter_are_watched() -> None:
    watched = {name for rule in RULES for name, _ in SELECTOR.findall(rule["expr"])}
    assert {
        "up",
        "pantau_event_age_seconds_bucket",
        "pantau_consumer_lag_messages",
        "pantau_last_commit_timestamp_seconds",
        "pantau_dead_letters_total",
        "pantau_score_staleness_seconds",
        "pantau_newest_arrival_timestamp_seconds",
        "pantau_ingest_events_ahead_total",
    } <= watched
