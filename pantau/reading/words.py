"""Names of platforms and truth values as people write them."""

import re
import unicodedata

from pantau.contracts.fields import Platform
from pantau.reading.errors import Unreadable, shown
from pantau.reading.missing import is_missing

_PLATFORMS = {
    **{platform.value: platform for platform in Platform},
    **dict.fromkeys(("ig", "insta", "instagram.com"), Platform.INSTAGRAM),
    **dict.fromkeys(("fb", "facebook.com", "facebook page", "halaman facebook"), Platform.FACEBOOK),
    **dict.fromkeys(("yt", "you tube", "youtube.com"), Platform.YOUTUBE),
    **dict.fromkeys(("tik tok", "tik-tok", "tiktok.com"), Platform.TIKTOK),
    **dict.fromkeys(
        (
            *("twitter", "x (twitter)", "twitter (x)", "x/twitter", "twitter/x", "x.com", "twitter.com"),
            *("x (formerly twitter)", "x (dahulu twitter)"),
        ),
        Platform.X,
    ),
}
# What stands around the name: an address, an invisible mark, the place within the platform.
_AROUND = re.compile(
    r"^(?:https?://)?(?:www\.|m\.)|[\s_-]+(?:pages?|business|reels?|shorts?|videos?|posts?)$|/$"
)
_TRUE = frozenset({"true", "1", "1.0", "yes", "y", "ya", "benar", "iya", "t", "on", "✓", "✔", "sudah"})
_FALSE = frozenset({"false", "0", "0.0", "no", "n", "tidak", "bukan", "salah", "f", "off", "belum"})


def read_platform(value: object) -> Platform:
    """Raises Unreadable."""
    written = value if isinstance(value, str) else ""
    name = unicodedata.normalize("NFKC", "".join(c for c in written if unicodedata.category(c) != "Cf"))
    name = _AROUND.sub("", " ".join(name.split()).casefold())
    if name not in _PLATFORMS:
        known = ", ".join(Platform)
        raise Unreadable(f"{shown(value)} is not one of the platforms watched here: {known}")
    return _PLATFORMS[name]


def read_flag(value: object) -> bool:
    """What was not given is false. Raises Unreadable."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold() if isinstance(value, str | int | float) else ""
    if word in _FALSE or is_missing(value):
        return False
    if word in _TRUE:
        return True
    raise Unreadable(f"{shown(value)} is neither true nor false")
