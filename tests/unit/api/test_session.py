from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from services.api.http.session import Sessions, sessions

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SECRET = SecretStr("r" * 32)


def made(secret: SecretStr | None = SECRET, prefix: str = "", port: int = 8000) -> Sessions:
    return sessions(secret, prefix, port, lambda: NOW)


def test_a_token_holds_where_secret_and_prefix_are_the_same() -> None:
    token = made().issue()
    assert made(port=9000).holds(token)
    assert not made(SecretStr("s" * 32)).holds(token)
    assert not made(prefix="/pantau").holds(token)
    assert not made(None).holds(token)


@pytest.mark.parametrize(
    ("age", "holds"),
    [
        (timedelta(), True),
        (timedelta(hours=24), True),
        (timedelta(hours=24, seconds=1), False),
        (-timedelta(minutes=5), True),
        (-timedelta(minutes=6), False),
    ],
)
def test_a_token_holds_for_a_day(age: timedelta, holds: bool) -> None:
    times: Iterator[datetime] = iter([NOW, NOW + age])
    one = sessions(SECRET, "", 8000, lambda: next(times))
    assert one.holds(one.issue()) is holds


@given(st.text())
def test_nothing_that_was_not_issued_holds(token: str) -> None:
    assert not made().holds(token)


@given(st.integers(min_value=0, max_value=60), st.characters(codec="utf-8"))
def test_a_token_with_one_other_character_does_not_hold(place: int, character: str) -> None:
    token = made().issue()
    at = place % len(token)
    changed = token[:at] + character + token[at + 1 :]
    assert made().holds(changed) is (changed == token)


def test_the_cookie_is_named_by_the_installation() -> None:
    assert made().cookie == made(port=9000).cookie
    names = {made().cookie, made(prefix="/dua").cookie, made(SecretStr("s" * 32)).cookie}
    assert len(names | {made(None).cookie, made(None, port=8002).cookie}) == 5
    assert made(None).cookie == made(None).cookie  # not one more cookie for every start


def test_the_secret_is_not_shown() -> None:
    assert "r" * 32 not in repr(made())
