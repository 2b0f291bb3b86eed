"""The example of an explanation, shown in the OpenAPI document; its points add up."""

from typing import Any

_NO_READINGS: dict[str, Any] = {
    "fallen": {"readings": 0, "amount": 0},
    "baselines": {"readings": 0, "amount": 0},
    "redefined": 0,
}

_LEFT_OUT: dict[str, Any] = {
    "posts_deleted": 0,
    "posts_above_daily_limit": 1,
    "comments_seen": 231,
    "comments_counted": 200,
    "comments_deleted": 2,
    "comments_by_account": 18,
    "comments_on_giveaways": 0,
    "comments_above_cap": 9,
    "comments_copied_text": 2,
    "comments_one_word": 0,
    "readings": {
        "views": _NO_READINGS,
        "likes": _NO_READINGS | {"fallen": {"readings": 1, "amount": 4}},
        "comments": _NO_READINGS,
    },
}

_PARTS: dict[str, dict[str, Any]] = {
    "views": {"raw": 12345, "normalised": 0.91, "weight": 0.1, "points": 9.1},
    "posts": {"raw": 14, "normalised": 0.85, "weight": 0.2, "points": 17.0},
    "comments": {"raw": 200, "normalised": 0.87, "weight": 0.4, "points": 34.8},
    "likes": {"raw": 4100, "normalised": 0.8833, "weight": 0.3, "points": 26.5},
}
_LIMITS: dict[str, tuple[float, float]] = {
    "views": (40.0, 20500.0),
    "posts": (0.0, 23.0),
    "comments": (1.0, 401.0),
    "likes": (12.0, 8850.0),
}


_POST: dict[str, Any] = {
    "origin": "post",
    "platform": "instagram",
    "post_id": "17987654321098765",
    "posts": 1,
    "published_at": "2026-11-21T02:10:00Z",
    "text": "Vaksinasi keliling hari ini di Metro",
    "text_shortened": False,
    "permalink": None,
    "giveaway": False,
    "deleted": False,
    "raw": {"views": 9000, "posts": 1, "comments": 150, "likes": 3000},
    "points": {"views": 6.6343, "posts": 1.2143, "comments": 26.1, "likes": 19.3902},
    "total": 53.3388,
}
_OTHERS: dict[str, Any] = _POST | {
    "origin": "others",
    "platform": None,
    "post_id": None,
    "posts": 13,
    "published_at": None,
    "text": "",
    "raw": {"views": 3345, "posts": 13, "comments": 50, "likes": 1100},
    "points": {"views": 2.4657, "posts": 15.7857, "comments": 8.7, "likes": 7.1098},
    "total": 34.0612,
}

EXPLANATION: dict[str, Any] = {
    "stale_since": None,
    "account_id": "dinkes",
    "name": "Dinas Kesehatan",
    "short_name": "Dinas Kesehatan",
    "kind": "opd",
    "active": True,
    "window": "24h",
    "month": None,
    "at": "2026-11-21T12:00:31Z",
    "from": "2026-11-20T12:01:00Z",
    "until": "2026-11-21T12:01:00Z",
    "status": "live",
    "rules_version": "2026-2",
    "normaliser": "log_winsor",
    "rules": {
        "max_posts_per_day": 5,
        "max_comments_per_author_and_post": 3,
        "minimum_posts": 4,
        "minimum_completeness": 0.7,
    },
    "group": "",
    "rank": 1,
    "ranked": 51,
    "posts_missing": 0,
    "score": 87.4,
    "completeness": 1.0,
    "incomplete": False,
    "simulated": True,
    "newest_event_at": "2026-11-21T11:59:48Z",
    "parts": _PARTS,
    "platforms": [
        {
            "platform": "instagram",
            "group": "",
            "weight": 1.0,
            "completeness": 1.0,
            "points": 87.4,
            "comments_from": "collected",
            "missing": [],
            "parts": {
                metric: part
                | {"earned": part["points"]}
                | {"limits": {"low": _LIMITS[metric][0], "high": _LIMITS[metric][1], "peers": 51}}
                for metric, part in _PARTS.items()
            },
            "left_out": _LEFT_OUT,
        }
    ],
    "official": None,
    "platforms_without_weight": [],
    "posts": [_POST, _OTHERS],
    "sentiment": {"positive": 120, "neutral": 60, "negative": 20},
    "left_out": _LEFT_OUT,
}
