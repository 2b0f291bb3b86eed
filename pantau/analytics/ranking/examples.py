"""Examples of the ranking, shown in the OpenAPI document; a test holds all of them against the schemas."""

from typing import Any

PART: dict[str, Any] = {"raw": 12345, "normalised": 0.91, "weight": 0.1, "points": 9.1}

SCORE: dict[str, Any] = {
    "account_id": "dinkes",
    "name": "Dinas Kesehatan",
    "short_name": "Dinas Kesehatan",
    "kind": "opd",
    "rank": 1,
    "rank_before": 3,
    "score": 87.4,
    "completeness": 1.0,
    "incomplete": False,
    "parts": {
        "views": PART,
        "posts": {"raw": 14, "normalised": 0.85, "weight": 0.2, "points": 17.0},
        "comments": {"raw": 200, "normalised": 0.87, "weight": 0.4, "points": 34.8},
        "likes": {"raw": 4100, "normalised": 0.8833, "weight": 0.3, "points": 26.5},
    },
    "sentiment": {"positive": 120, "neutral": 60, "negative": 20},
    "newest_event_at": "2026-11-21T11:59:48Z",
    "newest_received_at": "2026-11-21T11:59:50Z",
    "group": "",
    "posts_missing": 0,
}

SCORES: dict[str, Any] = {
    "stale_since": None,
    "window": "24h",
    "month": None,
    "at": "2026-11-21T12:00:31Z",
    "from": "2026-11-20T12:01:00Z",
    "until": "2026-11-21T12:01:00Z",
    "status": "live",
    "revision": None,
    "sha256": None,
    "rules_version": "2026-2",
    "normaliser": "log_winsor",
    "newest_event_at": "2026-11-21T12:00:29Z",
    "newest_received_at": "2026-11-21T12:00:30Z",
    "simulated": True,
    "scores": [SCORE],
}
