"""GET and POST /v1/accounts: the registry, read and extended."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import structlog
from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError

from pantau.contracts.events import AccountRegistered
from pantau.contracts.registration import NamelessError, Registration, registered
from pantau.runtime.errors import RetryableError
from pantau.runtime.http import Problem
from services.ingest import openapi
from services.ingest.accounts.registry import Registry
from services.ingest.delivery import unavailable
from services.ingest.dependencies import Intake
from services.ingest.events.inbound import TOLERATED_FUTURE, Refusal
from services.ingest.events.items import Unreadable

log = structlog.get_logger(__name__)


def router(intake: Intake) -> APIRouter:
    routes = APIRouter(dependencies=[Depends(intake.authorise)])

    @routes.get("/v1/accounts", **openapi.ACCOUNTS)
    async def get_accounts() -> Response:
        if "accounts" in intake.readiness.awaited:
            raise unavailable("the account registry is not read yet; ask again")
        accounts = [
            account.model_dump(mode="json", exclude={"type", "schema_version"})
            for account in intake.registry.accounts()
        ]
        return _json(200, {"accounts": accounts})

    @routes.post("/v1/accounts", **openapi.REGISTER)
    async def post_accounts(request: Request, update: bool = False) -> Response:
        async with intake.delivery.admitted():
            items = await intake.items(request)
            plan = Plan(intake.registry, intake.clock(), update)
            await intake.workers.run(lambda: plan.add_all(items))
            if all(result["status"] == "refused" for result in plan.results):
                raise Problem(422, "none of the accounts is acceptable", **plan.answer())
            await _register(intake, list(plan.events.values()))
        return _json(200, plan.answer())

    return routes


@dataclass(slots=True)
class Plan:
    """What a request asks of the registry, item by item; later items see earlier ones."""

    registry: Registry
    now: datetime
    update: bool
    events: dict[str, AccountRegistered] = field(default_factory=dict)
    results: list[dict[str, Any]] = field(default_factory=list)

    def add_all(self, items: Sequence[Any]) -> None:
        for item in items:
            self._add(item)

    def _add(self, item: Any) -> None:
        result: dict[str, Any] = {"index": len(self.results)}
        try:
            wanted = self._wanted(item)
            result |= {"account_id": wanted.account_id, "status": self._outcome(wanted)}
        except Refusal as refusal:
            result |= {"status": "refused", "reason": str(refusal)}
        self.results.append(result)

    def answer(self) -> dict[str, Any]:
        counts = Counter(result["status"] for result in self.results)
        outcomes = ("registered", "updated", "unchanged", "refused")
        return {outcome: counts[outcome] for outcome in outcomes} | {"results": self.results}

    def _wanted(self, item: Any) -> Registration:
        if isinstance(item, Unreadable):
            raise Refusal(item.reason)
        try:
            wanted = Registration.model_validate_json(orjson.dumps(item))
        except ValidationError as error:
            faults = error.errors(include_url=False)
            raise Refusal(
                "; ".join(f"{'.'.join(map(str, f['loc'])) or 'account'}: {f['msg']}" for f in faults)
            ) from error
        except TypeError as error:
            raise Refusal(f"not representable as UTF-8 JSON: {error}") from error
        if wanted.onboarded_at is not None and wanted.onboarded_at > self.now + TOLERATED_FUTURE:
            raise Refusal("onboarded_at: more than 24 hours in the future")
        return wanted

    def _outcome(self, wanted: Registration) -> str:
        current = self.events.get(wanted.account_id) or self.registry.get(wanted.account_id)
        if current is not None and not self.update:
            return "unchanged"
        try:
            event = registered(wanted, current, self.now)
        except NamelessError as error:
            raise Refusal(str(error)) from error
        if event is None:
            return "unchanged"
        self.events[event.account_id] = event
        return "registered" if current is None else "updated"


async def _register(intake: Intake, events: Sequence[AccountRegistered]) -> None:
    try:
        await intake.register(events)
    except RetryableError as error:
        log.warning("accounts not acknowledged", accounts=len(events), error=str(error))
        raise unavailable(
            "Kafka did not acknowledge; nothing counts as registered, send all of it again"
        ) from error


def _json(status: int, body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
