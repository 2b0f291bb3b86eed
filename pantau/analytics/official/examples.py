"""Examples of the official months' answers; a test holds them against the schemas."""

from typing import Any

from pantau.analytics.ranking.examples import SCORE

REVISION: dict[str, Any] = {
    "month": "2026-10",
    "revision": 1,
    "holds": True,
    "closed_at": "2026-11-03T17:00:42Z",
    "reason": "",
    "simulated": False,
    "rules_version": "2026-1",
    "normaliser": "log_winsor",
    "code_version": "0.1.0 sha256:9b74c9897bac770ffc029102a200c5de5f1b7a2a1f0e0d7d6e4c3b2a19080706",
    "changes_under": ["share_of_max"],
    "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
}

OFFICIAL_MONTHS: dict[str, Any] = {"stale_since": None, "revisions": [REVISION]}

OFFICIAL_MONTH: dict[str, Any] = {
    "stale_since": None,
    **REVISION,
    "from": "2026-09-30T17:00:00Z",
    "until": "2026-10-31T17:00:00Z",
    "matured_at": "2026-11-03T17:00:00Z",
    "rules": {"version": "2026-1", "normaliser": "log_winsor", "minimum_posts": 4},
    "scores": [
        SCORE
        | {
            "rank_before": None,
            "newest_event_at": None,
            "newest_received_at": None,
            "other_ranks": {"percentile": 1, "share_of_max": 2, "per_1000_followers": 1},
        }
    ],
}
