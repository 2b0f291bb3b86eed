import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deploy.local import ports
from deploy.local.places import ROOT


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


CHOOSE_AND_HOLD = """
import sys
from deploy.local import ports
sys.stdin.readline()
wished = [int(port) for port in sys.argv[1:]]
print(*ports.choose_all({str(n): port for n, port in enumerate(wished)}).values(), flush=True)
sys.stdin.readline()
"""


@contextmanager
def chooser(*wished: int) -> Iterator[subprocess.Popen[str]]:
    """Another process that chooses once it is told to, and holds until it is told again."""
    command = [sys.executable, "-c", CHOOSE_AND_HOLD, *(str(port) for port in wished)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def chosen_by(process: subprocess.Popen[str]) -> list[int]:
    assert process.stdout is not None
    return [int(port) for port in process.stdout.readline().split()]


def free_ports(count: int) -> list[int]:
    """Of nobody, this process included."""
    sockets = [ports.bound(0) for _ in range(count)]
    numbers = [found.getsockname()[1] for found in sockets]
    for found in sockets:
        found.close()
    return numbers


def test_two_choosers_at_once_share_no_port() -> None:
    wished = [*free_ports(5), 0, 0, 0]
    with chooser(*wished) as first, chooser(*wished) as second:
        tell(first)
        tell(second)
        mine, yours = chosen_by(first), chosen_by(second)
    assert len({*mine, *yours}) == 2 * len(wished)
    assert set(wished) - {0} <= {*mine, *yours}


def test_port_of_an_ended_chooser_is_free_again() -> None:
    (wished,) = free_ports(1)
    with chooser(wished) as first:
        tell(first)
        assert chosen_by(first) == [wished]
        assert ports.choose(wished) != wished
    with chooser(wished) as second:
        tell(second)
        assert chosen_by(second) == [wished]


def test_system_gives_a_held_port_to_nobody_else() -> None:
    held = ports.choose(0)
    with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
        stranger.bind((ports.LOOPBACK, held))


def test_part_listens_beside_the_holder_again_and_again() -> None:
    port = ports.choose(0)
    for _ in range(3):
        with socket.create_server((ports.LOOPBACK, port)):
            assert ports.is_listening(port)
            assert ports.choose(port) != port
    assert ports.choose(port) == port
