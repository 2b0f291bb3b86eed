"""What all accounts together tell of their senders' clocks."""

from datetime import datetime, timedelta

from pantau.analytics.accounts.registry import Account, AccountData, Ahead, Registry
from tests.support.api import HOUR, MINUTE, NOW


def account(account_id: str, *, active: bool = True) -> Account:
    return Account(account_id, f"Dinas {account_id}", account_id, "opd", active, NOW)


def data(arrived: datetime, *ahead: Ahead) -> AccountData:
    return AccountData(
        [], newest_event_at=arrived, newest_received_at=arrived, simulated=False, ahead=[*ahead]
    )


def registry(*accounts: Account, **known: AccountData) -> Registry:
    return Registry({one.account_id: one for one in accounts}, known, NOW)


def test_five_clocks_are_told_the_newest_arrival_first() -> None:
    ahead = [Ahead(f"platform {n}", NOW - n * HOUR, 600 + n) for n in (3, 0, 23, 5, 1, 2)]
    found = registry(account("a"), account("b"), a=data(NOW, *ahead[:2]), b=data(NOW, *ahead[2:]))
    assert [(who.account_id, one.seconds) for who, one in found.clocks_ahead] == [
        ("a", 600),
        ("b", 601),
        ("b", 602),
        ("a", 603),
        ("b", 605),
    ]


def test_a_clock_is_told_for_a_day_and_only_of_an_active_account() -> None:
    day = timedelta(days=1)
    last = Ahead("x", NOW - day + MINUTE, 25_200)
    found = registry(
        account("a"),
        account("lama", active=False),
        a=data(NOW, last, Ahead("tiktok", NOW - day, 25_200)),
        lama=data(NOW, Ahead("x", NOW, 25_200)),
    )
    assert [one for _, one in found.clocks_ahead] == [last]


def test_nothing_arrived_where_no_active_account_has_data() -> None:
    found = registry(account("a"), account("lama", active=False), lama=data(NOW))
    assert (found.newest_received_at, found.newest_event_at, found.clocks_ahead) == (None, None, [])
