from collections.abc import Mapping
from typing import ClassVar

import pytest
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from pantau.runtime.settings import (
    EXIT_CONFIGURATION,
    ApiKeys,
    ServiceSettings,
    load,
    metrics_port,
    read_brokers,
    variables,
)

KEY = "k" * 16


class BakerySettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="BAKERY_")
    moved: ClassVar[Mapping[str, str]] = {"BAKERY_FLOUR": "MILL_FLOUR of the mill"}

    metrics_port: int = metrics_port(9199)
    oven_celsius: int = Field(description="Heat", ge=50, le=300)
    keys: ApiKeys = Field(description="Who may order")
    note: str | None = Field(None, description="On the door")


def environment(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def refusal(capsys: pytest.CaptureFixture[str]) -> list[str]:
    with pytest.raises(SystemExit) as end:
        load(BakerySettings)
    assert end.value.code == EXIT_CONFIGURATION
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()


def test_good_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, BAKERY_OVEN_CELSIUS="220", BAKERY_KEYS=f"{KEY}, {KEY}2 ,", METRICS_PORT="9200")
    settings = load(BakerySettings)
    assert (settings.oven_celsius, settings.metrics_port, settings.note) == (220, 9200, None)
    assert [key.get_secret_value() for key in settings.keys] == [KEY, f"{KEY}2"]
    assert settings.clickhouse_url.get_secret_value() == "http://default@localhost:8123/pantau"


def test_all_faults_are_told_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment(
        monkeypatch,
        BAKERY_OVEN_CELSIUS="hot",
        BAKERY_KEYS="short",
        LOG_LEVEL="loud",
        KAFKA_BOOTSTRAP_SERVERS="kafka://localhost:9092",
        CLICKHOUSE_URL="http://default:geheim@localhost:abc/pantau",
        BAKERY_OVN="1",
        BAKERY_X="2",
    )
    first, *faults = refusal(capsys)
    assert first == "Configuration refused, nothing was started:"
    assert sorted(fault.split(":")[0].strip() for fault in faults) == [
        "BAKERY_KEYS",
        "BAKERY_OVEN_CELSIUS",
        "BAKERY_OVN",
        "BAKERY_X",
        "CLICKHOUSE_URL",
        "KAFKA_BOOTSTRAP_SERVERS",
        "LOG_LEVEL",
    ]
    assert "geheim" not in "\n".join(faults)


@pytest.mark.parametrize(
    "servers", ["kafka-1:9092, kafka-2:9092", "localhost", "10.0.0.5:9092", "[::1]:9092"]
)
def test_brokers_as_people_write_them(servers: str) -> None:
    assert read_brokers(servers) == servers.replace(" ", "")


@pytest.mark.parametrize(
    "servers", ["", ",", "localhost:", ":9092", "a:b", "http://a:1", "a:1;b:2", "a:1,,b:2"]
)
def test_other_words_name_no_brokers(servers: str) -> None:
    with pytest.raises(ValueError, match="give host:port"):
        read_brokers(servers)


@pytest.mark.parametrize(
    "url", ["localhost:8123", "clickhouse://a:1/b", "http://", "http://a:x/b", "http://a:99999", "http://[/"]
)
def test_database_that_no_client_could_reach_is_refused(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment(monkeypatch, BAKERY_OVEN_CELSIUS="220", BAKERY_KEYS=KEY, CLICKHOUSE_URL=url)
    assert refusal(capsys)[1:] == [
        "  CLICKHOUSE_URL: Value error, give http(s)://user:password@host:port/database"
    ]


def test_required_setting_is_named_as_the_operator_types_it(capsys: pytest.CaptureFixture[str]) -> None:
    told = "\n".join(refusal(capsys))
    assert "BAKERY_OVEN_CELSIUS: Field required" in told
    assert "BAKERY_KEYS: Field required" in told


def test_unknown_name_alone_is_refused_and_the_known_ones_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment(monkeypatch, BAKERY_OVEN_CELSIUS="220", BAKERY_KEYS=KEY, BAKERY_OVEN_CELCIUS="200")
    (_, fault) = refusal(capsys)
    assert fault.startswith("  BAKERY_OVEN_CELCIUS: no such setting (known: ")
    assert "BAKERY_OVEN_CELSIUS" in fault


def test_names_of_other_services_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, BAKERY_OVEN_CELSIUS="220", BAKERY_KEYS=KEY, BUTCHER_KNIVES="9", SCORING_TYPO="1")
    assert load(BakerySettings).oven_celsius == 220


def test_empty_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, BAKERY_OVEN_CELSIUS="220", BAKERY_KEYS=KEY, METRICS_PORT="", BAKERY_NOTE="")
    assert load(BakerySettings).metrics_port == 9199


@pytest.mark.parametrize("keys", ["", ",", " , ", "k" * 15, f"{KEY},short"])
def test_keys_that_are_too_few_or_too_short(
    keys: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment(monkeypatch, BAKERY_OVEN_CELSIUS="220", BAKERY_KEYS=keys)
    told = "\n".join(refusal(capsys))
    assert "BAKERY_KEYS" in told


def test_secrets_are_never_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "http://pantau:the-password@db:8123/pantau"
    environment(monkeypatch, BAKERY_OVEN_CELSIUS="220", BAKERY_KEYS="the-secret-api-key", CLICKHOUSE_URL=url)
    settings = load(BakerySettings)
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert "the-secret-api-key" not in shown
    assert "the-password" not in shown
    monkeypatch.setenv("BAKERY_KEYS", "a-secret,too-short")
    told = "\n".join(refusal(capsys))
    assert "a-secret" not in told
    assert "too-short" not in told


def test_settings_cannot_change_while_running(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, BAKERY_OVEN_CELSIUS="220", BAKERY_KEYS=KEY)
    settings = load(BakerySettings)
    with pytest.raises(ValueError, match="frozen"):
        setattr(settings, "oven_celsius", 10)  # noqa: B010 - mypy knows that it cannot be written


def test_every_variable_has_its_name_and_a_description() -> None:
    assert variables(BakerySettings) == {
        "KAFKA_BOOTSTRAP_SERVERS": "Comma-separated host:port of the brokers",
        "CLICKHOUSE_URL": "http(s)://user:password@host:port/database of ClickHouse",
        "LOG_LEVEL": "Least severity logged",
        "LOG_FORMAT": "json for machines, console for people",
        "METRICS_HOST": "Address of the operations server",
        "METRICS_PORT": "Port of the operations server: /metrics, /healthz, /readyz",
        "BAKERY_OVEN_CELSIUS": "Heat",
        "BAKERY_KEYS": "Who may order",
        "BAKERY_NOTE": "On the door",
    }


def test_secret_default_is_not_shown() -> None:
    default = ServiceSettings.model_fields["clickhouse_url"].default
    assert isinstance(default, SecretStr)


def test_a_name_of_before_is_refused_with_the_one_of_now(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment(monkeypatch, BAKERY_OVEN_CELSIUS="220", BAKERY_KEYS=KEY, BAKERY_FLOUR="rye")
    assert refusal(capsys)[1:] == ["  BAKERY_FLOUR: is MILL_FLOUR of the mill now"]
