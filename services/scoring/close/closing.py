"""Closing a month: mature, computed from the facts, frozen once; a correction is a further revision."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.runtime.clock import Clock
from pantau.runtime.errors import PantauError
from pantau.score import bucket_sums
from pantau.score.formula import Sums
from pantau.score.month_document import Gathered, Json, canonical, digest, document, loaded, totals
from pantau.score.month_inputs import gather
from pantau.score.official import Revision, read_document, read_revisions
from pantau.score.rules import Rules
from pantau.score.windows import JAKARTA, MATURITY_HOURS, closes_at
from services.scoring.close.code_version import code_version
from services.scoring.close.differences import Differences, differences
from services.scoring.close.store import freeze

log = structlog.get_logger(__name__)


class CloseRefusedError(PantauError):
    """The month is not frozen; the message says why."""


class DiffersError(CloseRefusedError):
    """The month is frozen otherwise than it would be now, and no reason was given to freeze it again."""

    def __init__(self, why: str, differing: Differences) -> None:
        super().__init__(why)
        self.differences = differing


@dataclass(frozen=True, slots=True)
class CloseRequest:
    """`reason` is asked for where the month is frozen otherwise; `simulated` allows the demo feed's data."""

    month: date
    rules: Rules
    reason: str = ""
    simulated: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """`revision`: the one that holds; None in a dry run of a month that has none.

    `differing_buckets`: where the live figures are not those of the facts, a line each. `differences`:
    against the revision before, where there is one and it was not the same.
    """

    content: bytes
    stored: Json
    revision: Revision | None
    frozen_now: bool
    differing_buckets: list[str]
    differences: Differences | None

    @property
    def sha256(self) -> str:
        return digest(self.content)


async def close(client: AsyncClient, wanted: CloseRequest, clock: Clock) -> Closing:
    """Freeze the month, or find that it is frozen as it is. Raises CloseRefusedError and RetryableError."""
    _refuse_unless_mature(wanted.month, clock())
    gathered = await gather(client, wanted.month, wanted.rules)
    _refuse_unless_fit(gathered, wanted)
    stored = document(gathered, wanted.rules)
    content = canonical(stored)
    buckets = await differing_buckets(client, gathered)
    held = await newest(client, wanted.month)
    if held is not None and held.sha256 == digest(content):
        return Closing(content, stored, held, False, buckets, None)
    differing = differences(loaded(await read_document(client, held)), stored) if held else None
    if wanted.dry_run:
        return Closing(content, stored, held, False, buckets, differing)
    if held is not None and differing is not None and not wanted.reason:
        raise DiffersError(
            f"{wanted.month:%Y-%m} is frozen as revision {held.revision}; facts or rules are others since. "
            f"--reason TEXT freezes revision {held.revision + 1}",
            differing,
        )
    ours = _revision(wanted, held.revision + 1 if held else 1, stored, digest(content), clock())
    return Closing(content, stored, await _freeze(client, ours, content, stored), True, buckets, differing)


async def differing_buckets(client: AsyncClient, gathered: Gathered) -> list[str]:
    """Where the live buckets of the month do not say what the facts say, a line each."""
    accounts = {profile.account_id for profile in gathered.accounts}
    stored = await bucket_sums.read_month(client, gathered.month)
    live = {key: figures for key, figures in stored.items() if key[0] in accounts}
    facts = totals(gathered.posts)
    return [
        f"{key[0]} on {key[1]}: {name} {getattr(live.get(key, Sums()), name):,} in the buckets, "
        f"{getattr(facts.get(key, Sums()), name):,} by the facts"
        for key in sorted({*live, *facts})
        for name in bucket_sums.ADDITIVE
        if getattr(live.get(key, Sums()), name) != getattr(facts.get(key, Sums()), name)
    ]


async def newest(client: AsyncClient, month: date) -> Revision | None:
    revisions = await read_revisions(client, month)
    return revisions[-1] if revisions else None


def _refuse_unless_mature(month: date, now: datetime) -> None:
    mature_at = closes_at(month)
    if now < mature_at:
        raise CloseRefusedError(
            f"{month:%Y-%m} takes in readings until {MATURITY_HOURS} hours after its end: close it from "
            f"{mature_at.astimezone(JAKARTA):%Y-%m-%d %H:%M} WIB ({mature_at:%Y-%m-%dT%H:%MZ}) on"
        )


def _refuse_unless_fit(gathered: Gathered, wanted: CloseRequest) -> None:
    if not gathered.posts:
        raise CloseRefusedError(f"nothing is known of {wanted.month:%Y-%m}: no post, comment or reading")
    if gathered.simulated and not wanted.simulated:
        raise CloseRefusedError(
            f"{wanted.month:%Y-%m} has observations of the demo feed and can never be official; "
            "--simulated freezes it all the same, marked as simulated"
        )


def _revision(wanted: CloseRequest, number: int, stored: Json, sha256: str, now: datetime) -> Revision:
    return Revision(
        month=wanted.month,
        revision=number,
        attempt=uuid.uuid4(),
        closed_at=now,
        reason=wanted.reason,
        simulated=stored["simulated"],
        normaliser=stored["rules"]["normaliser"],
        rules_version=stored["rules"]["version"],
        code_version=code_version(),
        changes_under=stored["results"]["sensitivity"]["changes_under"],
        sha256=sha256,
    )


async def _freeze(client: AsyncClient, ours: Revision, content: bytes, stored: Json) -> Revision:
    frozen = await freeze(client, ours, content, stored)
    if frozen.sha256 != ours.sha256:
        raise CloseRefusedError(
            f"another closer froze revision {frozen.revision} of {ours.month:%Y-%m} at the same moment, from "
            "other facts or rules; run this again"
        )
    log.info("month frozen", month=f"{ours.month:%Y-%m}", revision=frozen.revision, sha256=frozen.sha256)
    return frozen
