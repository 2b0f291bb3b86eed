"""Examples of answers about flags, shown in the OpenAPI document."""

from typing import Any

_IDENTITY: dict[str, Any] = {
    "account_id": "dinkes",
    "platform": "instagram",
    "post_id": "17987654321098765",
    "flag": "copied_text",
}
_REVIEW: dict[str, Any] = {
    "verdict": "overturned",
    "reason": "yel-yel lomba antarsekolah, orangnya nyata",
    "reviewed_by": "inspektorat",
    "reviewed_at": "2026-11-21T12:00:30Z",
}

FLAGS: dict[str, Any] = {
    "stale_since": None,
    "window": None,
    "month": "2026-11",
    "from": "2026-10-31T17:00:00Z",
    "until": "2026-11-30T17:00:00Z",
    "rules_version": "2026-2",
    "flags": [
        {
            **_IDENTITY,
            "permalink": "/p/DNuqDSjZCrf/",
            "published_at": "2026-11-20T02:15:00Z",
            "evidence": {
                "comments": 48,
                "authors": 45,
                "texts": 1,
                "share": None,
                "first_at": "2026-11-20T02:31:07Z",
                "last_at": "2026-11-20T02:44:52Z",
                "samples": ["Luar biasa Dinas Kesehatan, maju terus!"],
            },
            "discounted": True,
            "comments_not_counted": 47,
            "comments_observed": 130,
            "comments_counted": 81,
            "simulated": False,
            "verdict": None,
            "reason": None,
            "reviewed_by": None,
            "reviewed_at": None,
        }
    ],
    "more": False,
}

REVIEW: dict[str, Any] = _IDENTITY | _REVIEW

REVIEWS: dict[str, Any] = {"stale_since": None, "reviews": [REVIEW | {"holds": True}], "next": None}
