"""Session tokens of the pages: signed (HMAC-SHA-256), for a day, as a cookie or in the page itself."""

import hmac
import secrets
import socket
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from pydantic import SecretStr

from pantau.runtime.clock import Clock

LIFETIME_SECONDS = 24 * 3600
_AHEAD_SECONDS = 300  # another process of the installation may stand on a machine whose clock is ahead


@dataclass(frozen=True, slots=True)
class Sessions:
    """A token is the second of its issue and a signature; it names nobody.

    Every process with the same secret and prefix takes the tokens of the others.
    """

    prefix: str
    clock: Clock
    cookie: str  # its name; cookies are shared by all ports of a host, so each installation has its own
    _secret: bytes = field(repr=False)

    def issue(self) -> str:
        return self._signed(str(int(self.clock().timestamp())))

    def holds(self, token: str) -> bool:
        """Whether it was issued here within the last day; in constant time."""
        issued = token.partition(".")[0]
        if not (issued.isascii() and issued.isdecimal() and len(issued) < 12):
            issued = "0"
        genuine = hmac.compare_digest(token.encode(), self._signed(issued).encode())
        age = self.clock().timestamp() - int(issued)
        return genuine and -_AHEAD_SECONDS <= age <= LIFETIME_SECONDS

    def _signed(self, issued: str) -> str:
        digest = _digest(self._secret, f"session {self.prefix} {issued}")
        return f"{issued}.{urlsafe_b64encode(digest).decode().rstrip('=')}"


def sessions(secret: SecretStr | None, prefix: str, port: int, clock: Clock) -> Sessions:
    """Without a secret one is made for this process; the cookie's name is then that of host and port."""
    key = secret.get_secret_value().encode() if secret else secrets.token_bytes(32)
    named_by = key if secret else f"{socket.gethostname()}:{port}".encode()
    name = f"pantau_{_digest(named_by, f'cookie {prefix}').hex()[:12]}"
    return Sessions(prefix, clock, name, key)


def _digest(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
