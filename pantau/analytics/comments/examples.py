"""The example of a page of comments, shown in the OpenAPI document."""

from typing import Any

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
