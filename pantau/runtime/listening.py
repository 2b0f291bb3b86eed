"""An address to be reached at; one that cannot be had is told in a sentence that names its setting."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from pantau.runtime.errors import ConfigurationError

BACKLOG = 2048


class AddressError(ConfigurationError):
    """Nobody can be reached at this address: another program has it, or it is none of this machine's."""


def listen(host: str, port: int, settings: str) -> socket.socket:
    """A listening socket; `settings` names where host and port come from. Raises AddressError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with told(host, port, settings):
        return socket.create_server((host, port), family=family, backlog=BACKLOG)


@contextmanager
def told(host: str, port: int, settings: str) -> Iterator[None]:
    """Around what binds by itself. Raises AddressError."""
    try:
        yield
    except OSError as error:
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        number = error.errno or 0  # below zero: of the resolver, which has words of its own
        cause = os.strerror(number) if number > 0 else error.strerror or str(error)
        raise AddressError(
            f"{settings}: cannot listen on {address}: {cause}. Stop what has it, or give another."
        ) from error
