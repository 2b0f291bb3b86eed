from pathlib import Path

import pytest

from pantau.runtime.settings import EXIT_CONFIGURATION, load
from services.sentiment.settings import SHIPPED_MODEL, SentimentSettings, cpus_given


def test_nothing_needs_to_be_set() -> None:
    settings = load(SentimentSettings)
    assert settings.metrics_port == 9102
    assert settings.model == str(SHIPPED_MODEL)
    assert settings.threads == cpus_given() >= 1
    assert (settings.batch_max_comments, settings.batch_milliseconds) == (256, 200)
    assert (settings.group, settings.instance) == ("sentiment", None)
    assert (settings.retry_seconds, settings.stall_seconds) == (120, 60)


def test_every_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "SENTIMENT_MODEL": "elsewhere",
        "SENTIMENT_THREADS": "3",
        "SENTIMENT_BATCH_MAX_COMMENTS": "17",
        "SENTIMENT_BATCH_MILLISECONDS": "5",
        "SENTIMENT_GROUP": "other",
        "SENTIMENT_INSTANCE": "sentiment-1",
        "SENTIMENT_RETRY_SECONDS": "9",
        "SENTIMENT_STALL_SECONDS": "8",
        "METRICS_PORT": "9999",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings = load(SentimentSettings)
    assert (settings.model, settings.threads, settings.batch_max_comments) == ("elsewhere", 3, 17)
    assert (settings.batch_milliseconds, settings.group, settings.instance) == (5, "other", "sentiment-1")
    assert (settings.retry_seconds, settings.stall_seconds, settings.metrics_port) == (9, 8, 9999)


def test_faults_are_reported_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SENTIMENT_THREADS", "none")
    monkeypatch.setenv("SENTIMENT_BATCH_SIZE", "3")
    with pytest.raises(SystemExit) as refusal:
        load(SentimentSettings)
    assert refusal.value.code == EXIT_CONFIGURATION
    complaint = capsys.readouterr().err
    assert "SENTIMENT_THREADS" in complaint
    assert "SENTIMENT_BATCH_SIZE: no such setting" in complaint


@pytest.mark.parametrize(("content", "expected"), [("50000 100000\n", 1), ("100000 100000\n", 1)])
def test_a_containers_quota_limits_the_threads(tmp_path: Path, content: str, expected: int) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text(content)
    assert cpus_given(quota) == expected


def test_without_a_quota_all_cpus_are_given(tmp_path: Path) -> None:
    unlimited = tmp_path / "cpu.max"
    unlimited.write_text("max 100000\n")
    assert cpus_given(unlimited) == cpus_given(tmp_path / "none")
