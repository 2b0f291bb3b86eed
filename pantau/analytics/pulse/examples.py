"""The example of the pulse, shown in the OpenAPI document."""

from typing import Any

PULSE: dict[str, Any] = {
    "stale_since": None,
    "at": "2026-11-21T12:00:31Z",
    "minutes": [
        {"positive": 3, "neutral": 1, "negative": 0, "minute": "2026-11-21T11:59:00Z"},
        {"positive": 2, "neutral": 2, "negative": 1, "minute": "2026-11-21T12:00:00Z"},
    ],
    "rising_negatives": [
        {
            "account_id": "dinkes",
            "short_name": "Dinas Kesehatan",
            "negative_share": 0.378,
            "negatives": 31,
            "comments": 82,
            "times_usual": 4.1,
        }
    ],
    "replies": {"answered": 12, "median_seconds": 540.0},
}
