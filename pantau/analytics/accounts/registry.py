"""The registry: who is watched, and what is known of each. Pure."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from pantau.analytics.accounts import models

CLOCKS_TOLD_FOR = timedelta(hours=24)
MOST_CLOCKS = 5


@dataclass(frozen=True, slots=True)
class Account:
    account_id: str
    name: str
    short_name: str
    kind: str
    active: bool
    onboarded_at: datetime


@dataclass(frozen=True, slots=True)
class Ahead:
    """The newest event of a platform that was ahead of its arrival at `received_at`, and by how much."""

    platform: str
    received_at: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class AccountData:
    """What is known of an account's events over all time. No instant is after the one it was read at."""

    platforms: list[str]
    newest_event_at: datetime | None
    newest_received_at: datetime | None
    simulated: bool
    ahead: list[Ahead]


UNKNOWN = AccountData(platforms=[], newest_event_at=None, newest_received_at=None, simulated=False, ahead=[])


@dataclass(frozen=True, slots=True)
class Registry:
    accounts: dict[str, Account]
    data: dict[str, AccountData]
    read_at: datetime

    @property
    def active(self) -> list[Account]:
        return [account for account in self.accounts.values() if account.active]

    @property
    def newest_event_at(self) -> datetime | None:
        """Of all active accounts."""
        return _newest(self.data_of(account.account_id).newest_event_at for account in self.active)

    @property
    def newest_received_at(self) -> datetime | None:
        """Of all active accounts."""
        return _newest(self.data_of(account.account_id).newest_received_at for account in self.active)

    @property
    def clocks_ahead(self) -> list[tuple[Account, Ahead]]:
        """Senders whose clock was wrong within the last 24 hours, at most five: the newest arrival first."""
        told = [
            (account, ahead)
            for account in self.active
            for ahead in self.data_of(account.account_id).ahead
            if self.read_at - ahead.received_at < CLOCKS_TOLD_FOR
        ]
        return sorted(told, key=lambda one: one[1].received_at, reverse=True)[:MOST_CLOCKS]

    def data_of(self, account_id: str) -> AccountData:
        return self.data.get(account_id, UNKNOWN)

    def described(self, account: Account) -> models.Account:
        data = self.data_of(account.account_id)
        return models.Account(
            **asdict(account),
            simulated=data.simulated,
            platforms=data.platforms,
            newest_event_at=data.newest_event_at,
            newest_received_at=data.newest_received_at,
        )


def _newest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((instant for instant in instants if instant), default=None)
