"""What the endpoints work with, and the way from a request to its items."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from pydantic import SecretStr

from services.contracts.events import AccountRegistered
from services.ingest.bodies import read_body
from services.ingest.delivery import Delivery, unavailable
from services.ingest.items import split
from services.ingest.judge import Judge
from services.ingest.registry import Registry
from services.ingest.workers import Workers
from services.runtime.clock import Clock
from services.runtime.http import is_known, presented_key, unauthorised
from services.runtime.ops import Readiness


@dataclass(frozen=True, slots=True)
class Intake:
    api_keys: Sequence[SecretStr]
    max_body_bytes: int
    read_timeout_seconds: float
    registry: Registry
    register: Callable[[Sequence[AccountRegistered]], Awaitable[None]]
    delivery: Delivery
    judge: Judge
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
        body = await read_body(request, self.max_body_bytes, self.read_timeout_seconds)
        content_type = request.headers.get("content-type", "")
        return await self.workers.run(lambda: split(body, content_type))
