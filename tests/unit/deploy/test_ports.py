import socket
from collections.abc import Iterator

import pytest

from deploy.local import ports


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((ports.LOOPBACK, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_free_port_is_kept() -> None:
    free = ports.choose(0)
    assert ports.choose(free) == free


def test_taken_port_is_replaced(taken_port: int) -> None:
    assert ports.choose(taken_port) != taken_port
    assert ports.is_listening(taken_port)


def test_no_two_parts_get_the_same_port() -> None:
    wished = ports.choose(0)
    chosen = ports.choose_all({"a": wished, "b": wished, "c": 0, "d": 0})
    assert chosen["a"] == wished
    assert len(set(chosen.values())) == len(chosen)
