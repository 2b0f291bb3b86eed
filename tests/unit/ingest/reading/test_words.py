import pytest

from pantau.contracts.fields import Platform
from pantau.reading.errors import Unreadable
from pantau.reading.words import read_flag, read_platform


@pytest.mark.parametrize(
    ("name", "platform"),
    [
        *(
            ("instagram", "instagram"),
            ("IG", "instagram"),
            ("Instagram ", "instagram"),
            ("insta", "instagram"),
        ),
        *(("Facebook", "facebook"), ("FB", "facebook"), ("YT", "youtube"), ("You Tube", "youtube")),
        *(("Instagram Reels", "instagram"), ("YouTube Shorts", "youtube"), ("Facebook Page", "facebook")),
        *(("https://www.instagram.com/", "instagram"), ("\u200eＩＧ", "instagram")),
        *(("Tik  Tok", "tiktok"), ("Twitter", "x"), ("X (Twitter)", "x"), ("x", "x")),
    ],
)
def test_usual_spellings_of_platforms_are_understood(name: str, platform: str) -> None:
    assert read_platform(name) is Platform(platform)


@pytest.mark.parametrize("name", ["threads", "", None, "facebok", 3])
def test_other_platforms_are_refused_by_name(name: object) -> None:
    with pytest.raises(Unreadable, match=f"'{name}' is not one of the platforms watched here: instagram, "):
        read_platform(name)


@pytest.mark.parametrize("value", [True, 1, 1.0, "true", "TRUE", "1", "ya", "Yes", " benar ", "Sudah", "✓"])
def test_yes(value: object) -> None:
    assert read_flag(value)


@pytest.mark.parametrize("value", [False, 0, 0.0, "false", "0", "tidak", "No", "", None, "N/A", "Belum"])
def test_no(value: object) -> None:
    assert not read_flag(value)


@pytest.mark.parametrize("value", ["mungkin", 2, [True]])
def test_neither_is_refused(value: object) -> None:
    with pytest.raises(Unreadable, match="neither true nor false"):
        read_flag(value)
