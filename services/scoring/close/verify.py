"""Whether a frozen month holds: from its document alone, without any fact."""

from dataclasses import dataclass

from clickhouse_connect.driver.asyncclient import AsyncClient
from pydantic import ValidationError

from pantau.score.bucket_sums import ADDITIVE
from pantau.score.formula import Sums
from pantau.score.month_document import (
    Json,
    canonical,
    digest,
    inputs_of,
    loaded,
    posts_of,
    results,
    totals,
)
from pantau.score.official import Revision, read_document, read_scores
from pantau.score.rules import Rules
from services.scoring.close.code_version import code_version
from services.scoring.close.store import score_rows


@dataclass(frozen=True, slots=True)
class Check:
    what: str
    holds: bool
    found: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """`code_changed`: the sources that decide a result are not those that computed this one."""

    revision: Revision
    checks: list[Check]
    code_changed: bool

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks)


async def verify(client: AsyncClient, revision: Revision) -> Verification:
    content = await read_document(client, revision)
    found = digest(content)
    checks = [Check("SHA-256 of the stored document", found == revision.sha256, found)]
    try:
        stored = loaded(content)
        checks.append(Check("the document is of this month", stored["month"] == f"{revision.month:%Y-%m}"))
        checks += _inner(stored, content)
        checks.append(_rows(stored, await read_scores(client, revision)))
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        checks.append(Check("the document can be read", False, repr(error)))
    return Verification(revision, checks, code_version() != revision.code_version)


def _inner(stored: Json, content: bytes) -> list[Check]:
    """Raises as `inputs_of`, and ValidationError where these rules are none."""
    inputs = inputs_of(stored)
    added = totals(posts_of(stored))
    apart = [
        "/".join(key)
        for key in sorted({*added, *inputs.span})
        if _figures(added.get(key)) != _figures(inputs.span.get(key))
    ]
    again = results(inputs, Rules.model_validate(stored["rules"]))
    was, now = stored["results"]["scores"], again["scores"]
    moved = [account for account in sorted({*was, *now}) if was.get(account) != _plain(now.get(account))]
    same = canonical(again) == canonical(stored["results"])
    return [
        Check("the document is canonical", canonical(stored) == content),
        Check("posts add up to the sums of each account", not apart, ", ".join(apart[:5])),
        Check(
            "scores, ranks, limits and sensitivity computed anew from the stored inputs and rules",
            same,
            f"{len(now)} accounts" if same else f"others: {', '.join(moved[:5]) or 'not the scores'}",
        ),
    ]


def _figures(sums: Sums | None) -> list[int]:
    return [getattr(sums or Sums(), name) for name in ADDITIVE]


def _plain(score: Json | None) -> Json | None:
    """As it comes out of JSON."""
    return loaded(canonical(score)) if score is not None else None


def _rows(stored: Json, rows: list[Json]) -> Check:
    expected = score_rows(stored)
    return Check("the rows of official_scores say the same", rows == expected, f"{len(rows)} rows")
