"""The example of an account's figures, shown in the OpenAPI document."""

from typing import Any

_METRICS: dict[str, Any] = {
    "followers": {
        "known": 18250,
        "first": 18000,
        "first_at": "2026-11-20T18:00:00Z",
        "last": 18250,
        "last_at": "2026-11-21T06:00:00Z",
        "change": 250,
        "change_share": 0.0139,
    },
    "engagement": {"engagements": 4300, "rate": 0.0168, "popularity": 16.0469, "commitment": 0.7828},
    "cadence": {
        "posts": 14,
        "posts_per_day": 14.0,
        "days": 2,
        "days_with_post": 2,
        "longest_gap_hours": 9.25,
    },
    "replies": {
        "comments": 196,
        "answered": 18,
        "median_seconds": 540.0,
        "p90_seconds": 7260.0,
        "within_12h_share": 0.1552,
        "unanswered": 178,
        "oldest_open_at": "2026-11-20T12:04:10Z",
        "open_questions": 21,
        "oldest_open_question_at": "2026-11-20T13:40:02Z",
    },
    "comments_counted": 200,
    "share_of_voice": 0.0612,
    "sentiment": {"positive": 120, "neutral": 60, "negative": 20},
    "net_sentiment": 0.5,
    "interaction_quality": 0.64,
}

METRICS: dict[str, Any] = {
    "stale_since": None,
    "account_id": "dinkes",
    "short_name": "Dinas Kesehatan",
    "window": "24h",
    "month": None,
    "at": "2026-11-21T12:00:31Z",
    "from": "2026-11-20T12:01:00Z",
    "until": "2026-11-21T12:01:00Z",
    "status": "live",
    "simulated": True,
    "total": _METRICS,
    "platforms": [_METRICS | {"platform": "instagram"}],
}
