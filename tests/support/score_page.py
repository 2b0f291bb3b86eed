"""The score page and the worked examples in it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pantau.contracts.events import AccountRegistered, LabelledComment, PostObserved
from pantau.contracts.fields import Label, Platform
from pantau.score.rules import load_rules
from tests.support.code import ROOT
from tests.support.oracle import Oracle

PAGE = (ROOT / "docs/skor.md").read_text(encoding="utf-8")


RULES_FILE = ROOT / "deploy/scoring/rules.yaml"


RULES = load_rules(RULES_FILE).model_dump(mode="json")


WIB = ZoneInfo("Asia/Jakarta")


MONDAY = datetime(2026, 11, 2, 8, tzinfo=WIB)


def cells(line: str) -> list[str]:
    return [cell.strip(" *") for cell in line.strip().strip("|").split("|")]


def table(first_heading: str) -> list[list[str]]:
    lines = PAGE[PAGE.index(f"| {first_heading} |") :].splitlines()[2:]
    return [cells(line) for line in lines[: next(i for i, line in enumerate(lines) if "|" not in line)]]


def oracle(*events: Any) -> dict[str, Any]:
    """Account `a` in the 7 days around MONDAY."""
    account = AccountRegistered(
        account_id="a",
        name="A",
        short_name="A",
        onboarded_at=MONDAY - timedelta(days=30),
        registered_at=MONDAY - timedelta(days=30),
    )
    scores = Oracle([account, *events], RULES).sliding("7d", MONDAY + timedelta(days=1))
    return scores["a"]


def seen(at: datetime) -> dict[str, Any]:
    return {"account_id": "a", "platform": Platform.INSTAGRAM, "observed_at": at, "received_at": at}


def post(name: str, at: datetime = MONDAY, **more: Any) -> PostObserved:
    return PostObserved(**seen(at), post_id=name, published_at=at, **more)


def comment(name: str, author: str | None, **more: Any) -> LabelledComment:
    said = {"comment_id": name, "author": author, "text": "mantap", "created_at": MONDAY, "post_id": "p"}
    label = {"label": Label.POSITIVE, "model_version": "x", "labelled_at": MONDAY}
    return LabelledComment(**(seen(MONDAY) | said | label | more))
