"""What the endpoints work with, and the way from a request to its items."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from pydantic import SecretStr

from pantau.contracts.events import AccountRegistered
from pantau.runtime.clock import Clock
from pantau.runtime.http import is_known, presented_key, unauthorised
from pantau.runtime.ops import Readiness
from pantau.runtime.request_body import BodyLimits, read_body
from services.ingest.accounts.registry import Registry
from services.ingest.delivery import Delivery, unavailable
from services.ingest.events.items import split
from services.ingest.events.validate import Validator
from services.ingest.workers import Workers

_ADVICE = "; send fewer events at a time"


@dataclass(frozen=True, slots=True)
class Intake:
    api_keys: Sequence[SecretStr]
    max_body_bytes: int
    read_timeout_seconds: float
    registry: Registry
    register: Callable[[Sequence[AccountRegistered]], Awaitable[None]]
    delivery: Delivery
    validator: Validator
    workers: Workers
    readiness: Readiness
    clock: Clock

    async def authorise(self, request: Request) -> None:
        if not is_known(presented_key(request), self.api_keys):
            raise unauthorised()

    async def items(self, request: Request) -> Sequence[Any]:
        """The decoded items of the body. Raises Problem."""
        if "accounts" in self.readiness.awaited:
            raise unavailable("the account registry is not read yet; send again")
        limits = BodyLimits(self.max_body_bytes, self.read_timeout_seconds, _ADVICE, unpacks=True)
        body = await read_body(request, limits)
        content_type = request.headers.get("content-type", "")
        return await self.workers.run(lambda: split(body, content_type))
