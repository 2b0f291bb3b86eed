"""What /openapi.json says of requests that are read as raw bodies, with examples."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from pantau.contracts.registration import Registration
from services.ingest.events.inbound import INBOUND

_REFERENCE = "#/components/schemas/{model}"

POST: dict[str, Any] = {
    "type": "post.observed",
    "account_id": "dinkes",
    "platform": "instagram",
    "post_id": "3706084487405513439",
    "published_at": "2026-11-21T02:15:00Z",
    "kind": "image",
    "text": "Jadwal imunisasi pekan ini",
    "permalink": "https://www.instagram.com/p/DNuqDSjZCrf/",
}
METRICS: dict[str, Any] = {
    "type": "metrics.observed",
    "account_id": "dinkes",
    "platform": "instagram",
    "post_id": "3706084487405513439",
    "observed_at": "2026-11-21T03:00:00Z",
    "views": 1840,
    "likes": 97,
    "comments": 12,
    "shares": None,
    "saves": 4,
}
COMMENT: dict[str, Any] = {
    "type": "comment.observed",
    "account_id": "dinkes",
    "platform": "instagram",
    "comment_id": "18042",
    "post_id": "3706084487405513439",
    "author_id": "5550123",
    "text": "Mantap, pelayanannya cepat!",
    "created_at": "2026-11-21T02:40:11Z",
}
FOLLOWERS: dict[str, Any] = {
    "type": "followers.observed",
    "account_id": "dinkes",
    "platform": "instagram",
    "observed_at": "2026-11-21T03:00:00Z",
    "followers": 45210,
}
ACCOUNT: dict[str, Any] = {
    "account_id": "dinkes",
    "name": "Dinas Kesehatan Provinsi Lampung",
    "short_name": "Dinas Kesehatan",
    "kind": "opd",
}
CHANGE: dict[str, Any] = {"account_id": "dinkes", "active": False}
_REFUSED = {
    "index": 1,
    "status": "refused",
    "reason": "account 'x' is not registered; register it first (POST /v1/accounts or replay --register)",
}
_ANSWER = {
    "accepted": 1,
    "refused": 1,
    "fields_not_used": ["username"],
    "results": [
        {
            "index": 0,
            "status": "accepted",
            "notes": ["7 h 0 min ahead of ingest's clock: the sender's clock or time zone is wrong"],
        },
        _REFUSED,
    ],
}


def _problem(description: str, status: int, title: str, detail: str, **more: Any) -> dict[str, Any]:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail} | more
    return {"description": description, "content": {"application/problem+json": {"example": body}}}


def _body(schema: dict[str, Any], examples: dict[str, Any], line: Any) -> dict[str, Any]:
    return {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"oneOf": [schema, {"type": "array", "items": schema, "maxItems": 5000}]},
                "examples": {name: {"value": value} for name, value in examples.items()},
            },
            "application/x-ndjson": {"schema": {"type": "string"}, "example": line},
        },
    }


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: _problem("Not JSON", 400, "Bad Request", "the body is not JSON: unexpected end of data"),
    401: _problem("No or an unknown key", 401, "Unauthorized", "give an API key: Authorization: Bearer KEY"),
    408: _problem("Too slow", 408, "Request Timeout", "the body did not arrive within 30 seconds"),
    413: _problem(
        "Too much", 413, "Request Entity Too Large", "5001 events in one request; send at most 5000"
    ),
    415: _problem("Unknown type", 415, "Unsupported Media Type", "text/html is not known here"),
    503: _problem(
        "Kafka did not acknowledge, or too many requests; nothing was taken, send again after Retry-After",
        503,
        "Service Unavailable",
        "Kafka did not acknowledge; nothing counts as accepted, send all of it again",
    ),
}

EVENTS: dict[str, Any] = {
    "summary": "Send events; answered once Kafka has them",
    "openapi_extra": {
        "requestBody": _body(
            {"$ref": _REFERENCE.format(model="Event")},
            {
                "post": POST,
                "metrics": METRICS,
                "comment": COMMENT,
                "followers": FOLLOWERS,
                "several": [POST, METRICS, COMMENT],
            },
            '{"type":"followers.observed","account_id":"dinkes","platform":"x",'
            '"observed_at":"2026-11-21T03:00:00Z","followers":812}\n',
        )
    },
    "responses": {
        **_PROBLEMS,
        202: {
            "description": "Acknowledged; refused items are named",
            "content": {"application/json": {"example": _ANSWER}},
        },
        422: _problem(
            "Nothing acceptable",
            422,
            "Unprocessable Entity",
            "none of the events is acceptable",
            accepted=0,
            refused=1,
            results=[_REFUSED | {"index": 0}],
        ),
    },
}
ACCOUNTS: dict[str, Any] = {
    "summary": "The registered accounts",
    "responses": {
        200: {
            "description": "All accounts, by account_id",
            "content": {
                "application/json": {
                    "example": {
                        "accounts": [
                            ACCOUNT
                            | {
                                "active": True,
                                "onboarded_at": "2026-11-01T00:00:00Z",
                                "registered_at": "2026-11-01T00:00:00Z",
                            }
                        ]
                    }
                }
            },
        },
        401: _PROBLEMS[401],
        503: _PROBLEMS[503],
    },
}
REGISTER: dict[str, Any] = {
    "summary": "Register accounts; existing ones stay as they are unless update=true",
    "openapi_extra": {
        "requestBody": _body(
            {"$ref": _REFERENCE.format(model="Registration")},
            {"one": ACCOUNT, "several": [ACCOUNT], "change": CHANGE},
            "",
        )
    },
    "responses": {
        **_PROBLEMS,
        200: {
            "description": "What became of each account",
            "content": {
                "application/json": {
                    "example": {
                        "registered": 1,
                        "updated": 0,
                        "unchanged": 0,
                        "refused": 0,
                        "results": [{"index": 0, "account_id": "dinkes", "status": "registered"}],
                    }
                }
            },
        },
        422: _problem(
            "Nothing acceptable", 422, "Unprocessable Entity", "none of the accounts is acceptable"
        ),
    },
}


def install(app: FastAPI) -> None:
    """Serve the schema of the raw bodies and the two ways to present a key along with the routes."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own documented way


def _document(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(title=app.title, version=app.version, routes=app.routes)
    event = INBOUND.json_schema(ref_template=_REFERENCE)
    registration = Registration.model_json_schema(ref_template=_REFERENCE)
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for schema in (event, registration):
        schemas.update(schema.pop("$defs", {}))
    schemas |= {"Event": event, "Registration": registration}
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }
    found["security"] = [{"bearer": []}, {"key": []}]
    return found
