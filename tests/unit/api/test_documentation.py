"""What the documents say is what the code does."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from deploy.local.places import ROOT
from pantau.analytics.account_metrics import examples as metrics_examples
from pantau.analytics.account_metrics.models import AccountMetrics
from pantau.analytics.accounts import examples as account_examples
from pantau.analytics.accounts import models as accounts
from pantau.analytics.comments import examples as comment_examples
from pantau.analytics.comments.models import Comments
from pantau.analytics.corrections import examples as correction_examples
from pantau.analytics.corrections import models as corrections
from pantau.analytics.explain import examples as explain_examples
from pantau.analytics.explain.models import Explanation
from pantau.analytics.flags import examples as flag_examples
from pantau.analytics.flags import models as flags
from pantau.analytics.official import examples as official_examples
from pantau.analytics.official import models as official
from pantau.analytics.pulse import examples as pulse_examples
from pantau.analytics.pulse.models import Pulse
from pantau.analytics.ranking import examples as ranking_examples
from pantau.analytics.ranking.models import Scores
from pantau.runtime.settings import variables
from services.api.app import application
from services.api.corrections import service as correcting
from services.api.flags import service as reviewing
from services.api.http import openapi
from services.api.overview import examples as overview_examples
from services.api.overview.models import Status
from services.api.settings import ApiSettings

GUIDE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
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
        (Scores, ranking_examples.SCORES),
        (accounts.Accounts, account_examples.ACCOUNTS),
        (accounts.AccountDetail, account_examples.ACCOUNT),
        (Explanation, explain_examples.EXPLANATION),
        (AccountMetrics, metrics_examples.METRICS),
        (Comments, comment_examples.COMMENTS),
        (correcting.CorrectionAsked, correcting.ASKED),
        (corrections.Correction, correction_examples.CORRECTION),
        (corrections.Corrections, correction_examples.CORRECTIONS),
        (flags.Flags, flag_examples.FLAGS),
        (reviewing.ReviewAsked, reviewing.ASKED),
        (flags.FlagReview, flag_examples.REVIEW),
        (flags.FlagReviews, flag_examples.REVIEWS),
        (Pulse, pulse_examples.PULSE),
        (Status, overview_examples.STATUS),
        (official.OfficialMonths, official_examples.OFFICIAL_MONTHS),
        (official.OfficialMonth, official_examples.OFFICIAL_MONTH),
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
