import socket
from collections.abc import Iterable

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose(preferred: int, taken: Iterable[int] = ()) -> int:
    """`preferred` when nobody listens on it, otherwise one that the system picks; never one of `taken`."""
    avoided = set(taken)
    if preferred and preferred not in avoided and is_free(preferred):
        return preferred
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        if port not in avoided:
            return port


def choose_all(preferred: dict[str, int]) -> dict[str, int]:
    chosen: dict[str, int] = {}
    for name, port in preferred.items():
        chosen[name] = choose(port, chosen.values())
    return chosen


def is_listening(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
