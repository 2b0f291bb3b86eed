"""What is asked of the registry, and the event that follows from it. Pure."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pantau.contracts.events import AccountRegistered
from pantau.contracts.fields import AccountId, AccountKind, Instant, Name, ShortName

MAX_SHORT_NAME = 24
_TICK = timedelta(microseconds=1)


def _stripped(name: str) -> str:
    if name != name.strip() or not name.isprintable():
        raise ValueError("control characters or surrounding blanks")
    return name


FullName = Annotated[Name, AfterValidator(_stripped)]


class NamelessError(ValueError):
    """An account that does not exist yet was given no name."""


class Registration(BaseModel):
    """An account to register, or what is to change of one.

    A new account without `onboarded_at` is, for ever, onboarded when it was first registered.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    account_id: AccountId
    name: FullName | None = Field(
        default=None, description="In full; needed for an account that does not exist yet"
    )
    short_name: Annotated[ShortName, AfterValidator(_stripped)] | None = Field(
        default=None, description="What the wall shows; default: `name`, cut at 24 characters"
    )
    kind: AccountKind | None = None
    active: bool | None = None
    onboarded_at: Instant | None = Field(
        default=None, description="Posts older than this start from a baseline, not from zero"
    )


def registered(
    wanted: Registration, current: AccountRegistered | None, now: datetime
) -> AccountRegistered | None:
    """The event that makes the registry agree with `wanted`, or None when it does already.

    What `wanted` leaves open stays as it is. A change is always later than what it changes, also when this
    machine's clock is behind the one that wrote `current`. Raises NamelessError.
    """
    name = wanted.name or (current.name if current else None)
    if name is None:
        raise NamelessError(f"name: needed, because account '{wanted.account_id}' does not exist yet")
    event = AccountRegistered(
        account_id=wanted.account_id,
        name=name,
        short_name=wanted.short_name or (current.short_name if current else short_name_of(name)),
        kind=wanted.kind or (current.kind if current else AccountKind.OTHER),
        active=wanted.active if wanted.active is not None else current is None or current.active,
        onboarded_at=wanted.onboarded_at or (current.onboarded_at if current else now),
        registered_at=max(now, current.registered_at + _TICK) if current else now,
    )
    if current is not None and event.model_copy(update={"registered_at": current.registered_at}) == current:
        return None
    return event


def short_name_of(name: str) -> str:
    """At most 24 characters, cut between words where that leaves something to read."""
    if len(name) <= MAX_SHORT_NAME:
        return name
    head = name[: MAX_SHORT_NAME - 1]
    if name[MAX_SHORT_NAME - 1] != " " and " " in head:
        head = head.rpartition(" ")[0]
    words = head.split()
    while len(words) > 1 and words[-1].lower() in {"dan", "&", "-", "provinsi", "untuk"}:
        words.pop()
    return " ".join(words).rstrip(",.;:-") + "…"
