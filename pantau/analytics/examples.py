"""One example of every answer, shown in the OpenAPI document; a test holds them against the schemas."""

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

COMMENTS: dict[str, Any] = {
    "stale_since": None,
    "comments": [
        {
            "comment_id": "17991234567890123",
            "platform": "instagram",
            "account_id": "dinkes",
            "post_id": "17987654321098765",
            "text": "Terima kasih, vaksinasinya cepat. Hubungi [telepon]",
            "label": "positive",
            "label_by": "model",
            "model_label": "positive",
            "probabilities": {"negative": 0.02, "neutral": 0.07, "positive": 0.91},
            "model_version": "compact-1",
            "created_at": "2026-11-21T11:59:40Z",
            "labelled_at": "2026-11-21T11:59:49Z",
            "by_account": False,
        }
    ],
    "next": "WzE3OTUyNjIzODAwMDAwMDAsImRpbmtlcyIsImluc3RhZ3JhbSIsIjEiLCIyIl0",
}

CORRECTION_ASKED: dict[str, Any] = {"label": "negative", "reason": "sindiran"}

CORRECTION: dict[str, Any] = {
    "comment_id": "17991234567890123",
    "platform": "instagram",
    "account_id": "dinkes",
    "post_id": "17987654321098765",
    "label": "negative",
    "model_label": "positive",
    "reason": "sindiran",
    "corrected_by": "humas",
    "corrected_at": "2026-11-21T12:00:30Z",
}

CORRECTIONS: dict[str, Any] = {
    "stale_since": None,
    "corrections": [CORRECTION | {"holds": True, "edited_since": False}],
    "next": None,
}

CORRECTION_EXPORT = """\
{"text":"Wah, cepat sekali. Baru dua bulan dibalas","label":"negative","simulated":false}
{"text":"Terima kasih, [akun]","label":"positive","simulated":false}
"""

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

STATUS: dict[str, Any] = {
    "stale_since": None,
    "newest_event_at": "2026-11-21T12:00:29Z",
    "newest_received_at": "2026-11-21T12:00:30Z",
    "clocks_ahead": [
        {
            "account_id": "disdik",
            "short_name": "Dinas Pendidikan",
            "platform": "facebook",
            "ahead_seconds": 25200,
            "received_at": "2026-11-21T09:14:02Z",
        }
    ],
    "newest_score_at": "2026-11-21T12:00:31Z",
    "behind": [],
    "behind_since": None,
    "simulated": True,
    "accounts": 51,
    "accounts_with_data": 51,
    "build": "3b1f0c9d2a7e",
    "now": "2026-11-21T12:00:33Z",
}

EVENT_STREAM = """\
retry: 3000

event: score
data: {"account_id":"dinkes","window":"24h","period":"","score":87.4,"rank":1,"parts":{}}
id: 5f0c1e9a-1042

event: pulse
data: {"at":"2026-11-21T12:00:32Z"}

event: status
data: {"newest_received_at":"2026-11-21T12:00:30Z","clocks_ahead":[],"behind":[],"now":"2026-11-21T12:00:33Z"}

: keep-alive
"""
