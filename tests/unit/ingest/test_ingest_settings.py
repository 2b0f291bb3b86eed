import pytest

from pantau.runtime.settings import load, variables
from services.ingest.settings import IngestSettings

REQUIRED = {"INGEST_API_KEYS": "a-key-for-tests-only", "INGEST_PSEUDONYM_KEY": "p" * 32}


def loaded(monkeypatch: pytest.MonkeyPatch, **environment: str) -> IngestSettings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return load(IngestSettings)


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, **REQUIRED)
    assert (settings.port, settings.metrics_port, settings.publish_timeout_seconds) == (8001, 9101, 5.0)
    assert str(settings.accounts_file) == "deploy/accounts.yaml"


def test_names_of_replay_and_demo_do_not_disturb(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(monkeypatch, **REQUIRED, INGEST_URL="http://localhost:8001", INGEST_API_KEY="a-key-for-tests-only")


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "a-key-for-tests-only" not in repr(loaded(monkeypatch, **REQUIRED))


def test_all_faults_at_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        loaded(
            monkeypatch,
            INGEST_API_KEYS="short",
            INGEST_PSEUDONYM_KEY="p" * 31,
            INGEST_PORT="http",
            INGEST_ZONE="WIB",
            INGEST_TYPO="1",
        )
    assert end.value.code == 78
    told = capsys.readouterr().err
    for name in ("INGEST_API_KEYS", "INGEST_PSEUDONYM_KEY", "INGEST_PORT", "INGEST_ZONE", "INGEST_TYPO"):
        assert f"  {name}: " in told


def test_every_setting_is_described() -> None:
    assert all(variables(IngestSettings).values())
