"""The example of the status, shown in the OpenAPI document."""

from typing import Any

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
