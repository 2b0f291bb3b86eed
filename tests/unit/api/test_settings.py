import pytest

from pantau.runtime.settings import EXIT_CONFIGURATION, load
from services.api.settings import ApiSettings


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEYS", "kunci-yang-panjang-1, kunci-yang-panjang-2")
    settings = load(ApiSettings)
    assert (settings.port, settings.metrics_port, settings.wall_public) == (8000, 9104, True)
    assert len(settings.keys) == 2
    assert "kunci" not in repr(settings)


def test_all_faults_are_told_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("API_KEYS", "pendek")
    monkeypatch.setenv("API_PORT", "80000")
    monkeypatch.setenv("API_KEY", "kunci-yang-panjang-1")
    with pytest.raises(SystemExit) as refused:
        load(ApiSettings)
    assert refused.value.code == EXIT_CONFIGURATION
    told = capsys.readouterr().err
    assert all(name in told for name in ("API_KEYS:", "API_PORT:", "API_KEY: no such setting"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_SESSION_SECRET", "rahasia-yang-pendek"),
        ("API_PATH_PREFIX", "pantau"),
        ("API_PATH_PREFIX", "/wall"),
        ("API_FRAME_ANCESTORS", "signage.go.id"),
    ],
)
def test_what_cannot_be_served_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    monkeypatch.setenv("API_KEYS", "kunci-yang-panjang-1")
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        load(ApiSettings)
    told = capsys.readouterr().err
    assert f"{name}:" in told
    assert "rahasia" not in told


def test_label_keys_have_names_and_stay_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEYS", "kunci-yang-panjang-1")
    assert load(ApiSettings).label_keys == ()
    monkeypatch.setenv("API_LABEL_KEYS", "humas:kunci-label-humas:1, magang.2:kunci-label-magang ,")
    settings = load(ApiSettings)
    assert {key.name: key.secret.get_secret_value() for key in settings.label_keys} == {
        "humas": "kunci-label-humas:1",
        "magang.2": "kunci-label-magang",
    }
    assert "kunci" not in repr(settings)


@pytest.mark.parametrize(
    "value",
    [
        "kunci-tanpa-nama-sama-sekali",
        "humas:pendek",
        "Ibu Sari:kunci-label-humas-1",
        ":kunci-label-humas-1",
        "humas:kunci-yang-sama-saja,magang:kunci-yang-sama-saja",
    ],
)
def test_label_keys_that_cannot_be_audited_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    monkeypatch.setenv("API_KEYS", "kunci-yang-panjang-1")
    monkeypatch.setenv("API_LABEL_KEYS", value)
    with pytest.raises(SystemExit):
        load(ApiSettings)
    told = capsys.readouterr().err
    assert "API_LABEL_KEYS:" in told
    assert "kunci-" not in told
