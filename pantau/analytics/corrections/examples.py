"""Examples of corrections, shown in the OpenAPI document."""

from typing import Any

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
