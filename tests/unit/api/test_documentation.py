"""What the documents say is what the code does."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from deploy.local.places import ROOT
from services.api import examples, openapi, schemas
from services.api.app import application
from services.api.settings import ApiSettings
from services.runtime.settings import variables

GUIDE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
DOCUMENT = application().openapi()
OPERATIONS = {
    (method, path): operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
# What no wall reads, and what nobody may do with its cookie.
FOR_KEYS_ALONE = {"/v1/corrections", "/v1/corrections/export", "/v1/comments/{comment_id}/label"}


def test_the_openapi_document_is_current() -> None:
    """`python -m services.api.openapi` writes it."""
    assert (ROOT / openapi.FILE).read_text(encoding="utf-8") == openapi.document()


@pytest.mark.parametrize(("method", "path"), sorted(OPERATIONS))
def test_every_endpoint_is_described(method: str, path: str) -> None:
    operation = OPERATIONS[method, path]
    succeeds = "202" if method == "post" else "200"
    assert operation["summary"]
    assert path in GUIDE
    for parameter in operation.get("parameters", []):
        assert parameter["name"] in GUIDE, parameter
    if path.startswith("/v1/"):
        assert {succeeds, "401", "503"} <= set(operation["responses"])
        assert len(operation["security"]) == (2 if path in FOR_KEYS_ALONE else 3)
    for status, response in operation["responses"].items():
        assert status == succeeds or list(response["content"]) == ["application/problem+json"]
    if operation.get("parameters"):
        assert "422" in operation["responses"]


@pytest.mark.parametrize("name", sorted(set(variables(ApiSettings))))
def test_every_setting_is_in_the_guide(name: str) -> None:
    assert f"`{name}`" in GUIDE


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (schemas.Scores, examples.SCORES),
        (schemas.Accounts, examples.ACCOUNTS),
        (schemas.AccountDetail, examples.ACCOUNT),
        (schemas.Comments, examples.COMMENTS),
        (schemas.CorrectionAsked, examples.CORRECTION_ASKED),
        (schemas.Correction, examples.CORRECTION),
        (schemas.Corrections, examples.CORRECTIONS),
        (schemas.Pulse, examples.PULSE),
        (schemas.Status, examples.STATUS),
    ],
)
def test_examples_are_whole_answers(model: type[BaseModel], example: dict[str, Any]) -> None:
    renamed = {"from": "starts_at", "until": "ends_at"} if model is schemas.Scores else {}
    body = TypeAdapter(model).validate_python({renamed.get(k, k): v for k, v in example.items()})
    assert body.model_dump(mode="json", by_alias=True) == example


def test_the_document_names_no_other_host() -> None:
    assert "http" not in Path(ROOT / openapi.FILE).read_text(encoding="utf-8").replace('"http"', "")
