import pytest

from deploy.local.keys import LocalKeys
from deploy.local.plan import PREFERRED_PORTS, SERVICES, Plan
from services.api.settings import ApiSettings

KEYS = LocalKeys(ingest_key="i" * 40, api_key="a" * 40, pseudonym_key="p" * 40, session_secret="s" * 40)
PERSON = {
    "PATH": "/bin",
    "KAFKA_BOOTSTRAP_SERVERS": "elsewhere:9092",
    "CLICKHOUSE_URL": "http://elsewhere",
    "METRICS_HOST": "0.0.0.0",
    "LOG_LEVEL": "debug",
    "SENTIMENT_MODEL": "/models/mine",
    "API_KEYS": "of another place",
    "API_LABEL_KEYS": "of:another-place",
    "API_REVIEW_KEYS": "of:another-place",
}


@pytest.fixture
def plan() -> Plan:
    return Plan(PREFERRED_PORTS, KEYS)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_told_of_the_same_parts(plan: Plan, service: str) -> None:
    environment = plan.of_service(service, PERSON)
    assert environment["KAFKA_BOOTSTRAP_SERVERS"] == "127.0.0.1:9092"
    assert environment["CLICKHOUSE_URL"] == "http://default@127.0.0.1:8123/pantau"
    assert environment["METRICS_HOST"] == "127.0.0.1"
    assert environment["METRICS_PORT"] == str(PREFERRED_PORTS[f"{service} operations"])
    assert (environment["PATH"], environment["LOG_LEVEL"]) == ("/bin", "debug")


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_sees_the_settings_of_another(plan: Plan, service: str) -> None:
    others = tuple(f"{other.upper()}_" for other in SERVICES if other != service)
    assert not [name for name in plan.of_service(service, PERSON) if name.startswith(others)]


def test_the_person_s_own_settings_hold_except_where_parts_are_joined(plan: Plan) -> None:
    assert plan.of_service("sentiment", PERSON)["SENTIMENT_MODEL"] == "/models/mine"
    assert plan.of_service("api", PERSON)["API_KEYS"] == KEYS.api_key


def test_the_local_key_may_also_correct_labels_and_review_flags(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = plan.of_service("api", PERSON)
    for name in ("API_KEYS", "API_LABEL_KEYS", "API_REVIEW_KEYS"):
        monkeypatch.setenv(name, settings[name])
    configured = ApiSettings()
    for desks in (configured.label_keys, configured.review_keys):
        assert [(desk.name, desk.secret.get_secret_value()) for desk in desks] == [("lokal", KEYS.api_key)]


def test_feed_knows_ingest_and_nothing_else(plan: Plan) -> None:
    environment = plan.of_feed(PERSON)
    assert environment["INGEST_URL"] == "http://127.0.0.1:8001"
    assert environment["INGEST_API_KEY"] == KEYS.ingest_key
    assert "CLICKHOUSE_URL" not in environment


def test_other_programs_find_exactly_what_they_were_promised(plan: Plan) -> None:
    assert plan.for_tools() == {
        "ingest_url": "http://127.0.0.1:8001",
        "api_url": "http://127.0.0.1:8000",
        "kafka": "127.0.0.1:9092",
        "clickhouse_url": "http://default@127.0.0.1:8123/pantau",
        "ingest_key": KEYS.ingest_key,
        "api_key": KEYS.api_key,
    }
