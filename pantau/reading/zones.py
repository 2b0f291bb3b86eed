"""Time zones of values without an offset, by their IANA names."""

from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Jakarta"


def known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError("give a zone of the IANA database, such as Asia/Jakarta or UTC") from error
    return name
