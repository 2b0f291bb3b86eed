"""Ports of the parts, held from their choice on: two stacks that start in one second never choose the same.

Two things hold a port until this process ends. A locked file of its number keeps other choosers of this
person off it; a socket that is bound, but does not listen, keeps the system from giving it to anybody who
asks for any port. The part itself binds beside that socket: both have SO_REUSEADDR, as every server has.
"""

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterable
from pathlib import Path

from deploy.local.errors import LocalStackError

LOOPBACK = "127.0.0.1"

_held: dict[int, tuple[int, int]] = {}  # descriptors of lock and socket: they close with the process


def is_free(port: int) -> bool:
    """Nobody listens on it; others may hold it."""
    try:
        bound(port).close()
    except OSError:
        return False
    return True


def choose(preferred: int, taken: Iterable[int] = ()) -> int:
    """`preferred` when nobody has it, otherwise one that the system picks; never one of `taken`.

    It is this process's for as long as it runs.
    """
    avoided = set(taken)
    if preferred and preferred not in avoided and hold(preferred):
        return preferred
    while True:
        with bound(0) as probe:
            port: int = probe.getsockname()[1]
            if port not in avoided and hold(port):
                return port


def choose_all(preferred: dict[str, int]) -> dict[str, int]:
    chosen: dict[str, int] = {}
    for name, port in preferred.items():
        chosen[name] = choose(port, chosen.values())
    return chosen


def hold(port: int) -> bool:
    """Whether it is this process's now; it may have been before."""
    if port in _held:
        return is_free(port)
    lock = os.open(folder() / f"{port}.lock", os.O_RDWR | os.O_CREAT, mode=0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _held[port] = lock, bound(port).detach()
    except OSError:
        os.close(lock)
        return False
    return True


def bound(port: int) -> socket.socket:
    """Raises OSError where somebody listens."""
    holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((LOOPBACK, port))
    except OSError:
        holder.close()
        raise
    return holder


def folder() -> Path:
    """Of the locks: one for all checkouts of this person, and nobody else's. Raises LocalStackError."""
    path = Path(tempfile.gettempdir()) / f"pantau-ports-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    if path.stat().st_uid != os.getuid():
        raise LocalStackError(f"{path} belongs to somebody else; set TMPDIR to a folder of your own.")
    return path


def is_listening(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
