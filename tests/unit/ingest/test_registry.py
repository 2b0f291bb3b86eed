from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from pantau.contracts.fields import AccountKind
from pantau.contracts.registration import Registration, registered, short_name_of
from pantau.runtime.accounts_file import AccountsFileError, load_accounts
from services.ingest.accounts.registry import Registry

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
ACCOUNTS = Path("deploy/accounts.yaml")


def first(**fields: object) -> Registration:
    return Registration.model_validate({"account_id": "dinkes", "name": "Dinas Kesehatan"} | fields)


def test_first_registration_is_the_onboarding() -> None:
    account = registered(first(), None, NOW)
    assert account is not None
    assert (account.onboarded_at, account.registered_at, account.active) == (NOW, NOW, True)
    assert (account.short_name, account.kind) == ("Dinas Kesehatan", AccountKind.OTHER)


def test_onboarding_stays_when_an_account_changes() -> None:
    account = registered(first(), None, NOW)
    changed = registered(first(kind=AccountKind.OPD), account, LATER)
    assert changed is not None
    assert (changed.onboarded_at, changed.registered_at, changed.kind) == (NOW, LATER, AccountKind.OPD)


def test_nothing_is_published_when_nothing_differs() -> None:
    account = registered(first(kind=AccountKind.OPD, short_name="Dinkes"), None, NOW)
    assert registered(first(), account, LATER) is None
    assert registered(first(kind=AccountKind.OPD, onboarded_at=NOW), account, LATER) is None


def test_a_change_is_later_than_what_it_changes_also_with_a_slow_clock() -> None:
    account = registered(first(), None, LATER)
    changed = registered(first(active=False), account, NOW)
    assert account is not None
    assert changed is not None
    assert changed.registered_at > account.registered_at
    assert not changed.active


def test_processes_agree_whatever_order_they_read_in() -> None:
    a = registered(first(), None, NOW)
    b = registered(first(name="B"), None, NOW)
    c = registered(first(name="C"), None, LATER)
    ends = set()
    for order in permutations([e for e in (a, b, c) if e is not None]):
        registry = Registry()
        for event in (*order, *order):
            registry.apply(event)
        ends.add(registry.accounts()[0].name)
    assert ends == {"C"}


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Dinas Kesehatan", "Dinas Kesehatan"),
        ("Dinas Lingkungan Hidup X", "Dinas Lingkungan Hidup X"),
        ("Dinas Kesehatan Provinsi Lampung", "Dinas Kesehatan…"),
        ("Dinas Pendidikan dan Kebudayaan", "Dinas Pendidikan…"),
        ("Dinas Ketahanan Pangan, Tanaman Pangan", "Dinas Ketahanan Pangan…"),
        ("UCS_hnpJLQTvBkqALgapi_4gXYZ", "UCS_hnpJLQTvBkqALgapi_4…"),
    ],
)
def test_short_names_are_cut_where_it_reads_well(name: str, short: str) -> None:
    assert short_name_of(name) == short
    assert len(short) <= 24


def test_the_list_of_lampung() -> None:
    accounts = load_accounts(ACCOUNTS)
    kinds = [account.kind for account in accounts]
    assert (kinds.count(AccountKind.OPD), kinds.count(AccountKind.HOSPITAL), len(accounts)) == (48, 3, 51)
    assert len({account.name for account in accounts}) == len({a.short_name for a in accounts}) == 51


def test_all_faults_of_the_file_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "accounts.yaml"
    file.write_text(
        """accounts:
  - {account_id: a, name: A, shortname: typo}
  - {account_id: b}
  - {account_id: c, name: C, kind: dinas, short_name: "1234567890123456789012345"}
  - {account_id: d, name: D, onboarded_at: 2026-01-01}
  - {account_id: e, name: E, onboarded_at: 2026-01-01T00:00:00+07:00}
  - {account_id: e, name: E2}
  - just text
""",
        encoding="utf-8",
    )
    with pytest.raises(AccountsFileError) as error:
        load_accounts(file)
    lines = [line.removeprefix(f"{file}: ") for line in str(error.value).splitlines()]
    assert [line.split(": ")[:2] for line in lines] == [
        ["account 1", "shortname"],
        ["account 2", "name"],
        ["account 3", "short_name"],
        ["account 3", "kind"],
        ["account 4", "onboarded_at"],
        ["account 7", "entry"],
        ["account_id 'e' is given 2 times"],
    ]


@pytest.mark.parametrize("text", ["", "accounts: []", "accounts: 3", "- a", "accounts: [", "\x00"])
def test_a_file_without_accounts_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "accounts.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AccountsFileError, match=r"accounts\.yaml"):
        load_accounts(file)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AccountsFileError):
        load_accounts(tmp_path / "none.yaml")
