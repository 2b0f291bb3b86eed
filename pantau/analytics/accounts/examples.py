"""Examples of accounts, shown in the OpenAPI document."""

from typing import Any

from pantau.analytics.ranking.examples import SCORE

_ACCOUNT: dict[str, Any] = {
    "account_id": "dinkes",
    "name": "Dinas Kesehatan",
    "short_name": "Dinas Kesehatan",
    "kind": "opd",
    "active": True,
    "onboarded_at": "2026-01-01T00:00:00Z",
    "simulated": True,
    "platforms": ["facebook", "instagram"],
    "newest_event_at": "2026-11-21T11:59:48Z",
    "newest_received_at": "2026-11-21T11:59:50Z",
}

ACCOUNTS: dict[str, Any] = {"stale_since": None, "accounts": [_ACCOUNT]}

ACCOUNT: dict[str, Any] = {
    "stale_since": None,
    **_ACCOUNT,
    "scores": {"1h": SCORE, "24h": SCORE, "7d": SCORE, "30d": SCORE, "month": SCORE | {"rank_before": None}},
    "followers": [
        {"platform": "instagram", "followers": 18250, "observed_at": "2026-11-21T06:00:00Z"},
    ],
    "trend": [
        {"at": "2026-11-21T11:00:00Z", "score": 85.2},
        {"at": "2026-11-21T12:00:31Z", "score": 87.4},
    ],
}
