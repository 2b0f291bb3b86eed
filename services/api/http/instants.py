"""Instants as readers write them."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator

from pantau.contracts.fields import Instant

_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


def _as_written(value: object) -> object:
    """Only what RFC 3339 allows: pydantic alone would take bare numbers for Unix time."""
    if isinstance(value, datetime) or (isinstance(value, str) and _RFC3339.fullmatch(value)):
        return value
    raise ValueError(
        "write an instant with its offset, as 2026-11-21T12:00:00Z or 2026-11-21T19:00:00%2B07:00 "
        "(a plus sign in an address is written %2B)"
    )


WrittenInstant = Annotated[Instant, BeforeValidator(_as_written)]
