"""What the documents say is what the code does."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from deploy.local.places import ROOT
from pantau.analytics.account_metrics.models import EXAMPLES as METRICS_EXAMPLES
from pantau.analytics.account_metrics.models import AccountMetrics
from pantau.analytics.accounts import models as accounts
from pantau.analytics.accounts.models import EXAMPLES as ACCOUNT_EXAMPLES
from pantau.analytics.comments.models import EXAMPLES as COMMENT_EXAMPLES
from pantau.analytics.comments.models import Comments
from pantau.analytics.corrections import models as corrections
from pantau.analytics.corrections.models import EXAMPLES as CORRECTION_EXAMPLES
from pantau.analytics.explain.models import EXAMPLES as EXPLAIN_EXAMPLES
from pantau.analytics.explain.models import Explanation
from pantau.analytics.flags import models as flags
from pantau.analytics.flags.models import EXAMPLES as FLAG_EXAMPLES
from pantau.analytics.official import models as official
from pantau.analytics.official.models import EXAMPLES as OFFICIAL_EXAMPLES
from pantau.analytics.pulse.models import EXAMPLES as PULSE_EXAMPLES
from pantau.analytics.pulse.models import Pulse
from pantau.analytics.ranking.models import EXAMPLES as RANKING_EXAMPLES
from pantau.analytics.ranking.models import Scores
from pantau.runtime.settings import variables
from services.api.app import application
from services.api.corrections import service as correcting
from services.api.flags import service as reviewing
from services.api.http import openapi
from services.api.overview.models import EXAMPLES as OVERVIEW_EXAMPLES
from services.api.overview.models import Status
from services.api.settings import ApiSettings

GUIDE = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
DOCUMENT = application().openapi()
OPERATIONS = {
    (method, path): operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
# What no page shows, and what nobody may do with its session.
FOR_KEYS_ALONE = {
    *(
        "/v1/accounts",
        "/v1/comments",
        "/v1/official",
        "/v1/official/{month}",
        "/v1/official/{month}/document",
    ),
    *("/v1/corrections", "/v1/corrections/export", "/v1/comments/{comment_id}/label"),
    *("/v1/flags", "/v1/flags/reviews"),
}


def test_the_openapi_document_is_current() -> None:
    """`python -m services.api.http.openapi` writes it."""
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
        (Scores, RANKING_EXAMPLES["scores"]),
        (accounts.Accounts, ACCOUNT_EXAMPLES["accounts"]),
        (accounts.AccountDetail, ACCOUNT_EXAMPLES["account"]),
        (Explanation, EXPLAIN_EXAMPLES["explanation"]),
        (AccountMetrics, METRICS_EXAMPLES["metrics"]),
        (Comments, COMMENT_EXAMPLES["comments"]),
        (correcting.CorrectionAsked, correcting.ASKED),
        (corrections.Correction, CORRECTION_EXAMPLES["correction"]),
        (corrections.Corrections, CORRECTION_EXAMPLES["corrections"]),
        (flags.Flags, FLAG_EXAMPLES["flags"]),
        (reviewing.ReviewAsked, reviewing.ASKED),
        (flags.FlagReview, FLAG_EXAMPLES["review"]),
        (flags.FlagReviews, FLAG_EXAMPLES["reviews"]),
        (Pulse, PULSE_EXAMPLES["pulse"]),
        (Status, OVERVIEW_EXAMPLES["status"]),
        (official.OfficialMonths, OFFICIAL_EXAMPLES["official_months"]),
        (official.OfficialMonth, OFFICIAL_EXAMPLES["official_month"]),
    ],
)
def test_examples_are_whole_answers(model: type[BaseModel], example: dict[str, Any]) -> None:
    explained = (Explanation, AccountMetrics)
    spans = (Scores, official.OfficialMonth, flags.Flags, *explained)
    renamed = {"from": "starts_at", "until": "ends_at"} if model in spans else {}
    body = TypeAdapter(model).validate_python({renamed.get(k, k): v for k, v in example.items()})
    assert body.model_dump(mode="json", by_alias=True) == example


def test_the_document_names_no_other_host() -> None:
    assert "http" not in Path(ROOT / openapi.FILE).read_text(encoding="utf-8").replace('"http"', "")
