"""One plain, valid event of each kind as the JSON object that travels; `of` changes single fields."""

from typing import Any

import orjson

AT = "2026-11-21T03:00:00Z"
OBSERVED = {
    "schema_version": 1,
    "account_id": "dinkes",
    "platform": "instagram",
    "observed_at": AT,
    "received_at": AT,
    "simulated": False,
}
POST = OBSERVED | {"type": "post.observed", "post_id": "p1", "published_at": AT}
READING = OBSERVED | {"type": "metrics.observed", "post_id": "p1", "views": 10, "likes": None}
FOLLOWERS = OBSERVED | {"type": "followers.observed", "followers": 5}
COMMENT = OBSERVED | {"type": "comment.observed", "comment_id": "c1", "text": "Mantap", "created_at": AT}
LABELLED = COMMENT | {"label": "positive", "model_version": "test", "labelled_at": AT}
BATCH = {"schema_version": 1, "type": "comments.labelled", "account_id": "dinkes", "comments": [LABELLED]}
CORRECTION = {
    "schema_version": 1,
    "type": "label.corrected",
    "account_id": "dinkes",
    "platform": "instagram",
    "post_id": "p1",
    "comment_id": "c1",
    "label": "negative",
    "corrected_by": "humas",
    "corrected_at": AT,
}
REVIEW = {
    "schema_version": 1,
    "type": "flag.reviewed",
    "account_id": "dinkes",
    "platform": "instagram",
    "post_id": "p1",
    "flag": "copied_text",
    "verdict": "overturned",
    "reviewed_by": "inspektorat",
    "reviewed_at": AT,
}
ACCOUNT = {
    "schema_version": 1,
    "type": "account.registered",
    "account_id": "dinkes",
    "name": "Dinas Kesehatan",
    "short_name": "Dinkes",
    "onboarded_at": AT,
    "registered_at": AT,
}


def of(sample: dict[str, Any], **changes: Any) -> bytes:
    return orjson.dumps(sample | changes)


def without(sample: dict[str, Any], name: str) -> bytes:
    return orjson.dumps({key: value for key, value in sample.items() if key != name})
