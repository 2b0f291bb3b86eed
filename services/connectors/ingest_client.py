"""Sends events and accounts to ingest over HTTP, patiently but not for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import orjson
import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_delay, stop_never
from tenacity.wait import wait_exponential_jitter

log = structlog.get_logger(__name__)

MAX_BATCH_EVENTS = 500
MAX_BATCH_BYTES = 4 * 1024 * 1024
_backoff = wait_exponential_jitter(multiplier=0.2, max=10)


class SendingError(Exception):
    """Nothing more can be sent: the key is wrong, the address is, or ingest stayed away too long."""


class _AgainError(Exception):
    def __init__(self, reason: str, after_seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.after_seconds = after_seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """How many were accepted, and each refused or noted item's place in the batch with the reason or note."""

    accepted: int
    refused: tuple[tuple[int, str], ...]
    notes: tuple[tuple[int, str], ...] = ()


class Client:
    def __init__(
        self, url: str, api_key: str, *, give_up_after_seconds: float | None = 120.0, http: httpx.AsyncClient
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._http = http
        self._stop = stop_never if give_up_after_seconds is None else stop_after_delay(give_up_after_seconds)

    async def send_events(self, lines: Sequence[bytes]) -> Answer:
        """`lines` are JSON objects. Raises SendingError."""
        response = await self._post("/v1/events", b"\n".join(lines), "application/x-ndjson")
        return _answer(response, "accepted")

    async def register(self, accounts: Sequence[dict[str, Any]]) -> Answer:
        """Accounts that exist stay as they are. Raises SendingError."""
        response = await self._post("/v1/accounts", orjson.dumps(accounts), "application/json")
        return _answer(response, "registered", "unchanged", "updated")

    async def onboarded_at(self) -> dict[str, datetime]:
        """Since when each registered account is watched. Raises SendingError."""
        response = await self._answered("GET", "/v1/accounts")
        accounts = response.json().get("accounts", [])
        return {each["account_id"]: datetime.fromisoformat(each["onboarded_at"]) for each in accounts}

    async def _post(self, path: str, body: bytes, content_type: str) -> httpx.Response:
        return await self._answered("POST", path, body, content_type)

    async def _answered(
        self, method: str, path: str, body: bytes = b"", content_type: str = "application/json"
    ) -> httpx.Response:
        retry = AsyncRetrying(
            retry=retry_if_exception_type(_AgainError),
            wait=_pause_seconds,
            stop=self._stop,
            before_sleep=_note,
            reraise=True,
        )
        try:
            response: httpx.Response = await retry(self._attempt, method, path, body, content_type)
        except _AgainError as error:
            raise SendingError(f"gave up: {error}") from error
        if response.status_code in {200, 202, 422}:
            return response
        raise SendingError(f"{self._url}{path} answered {response.status_code}: {_detail(response)}")

    async def _attempt(self, method: str, path: str, body: bytes, content_type: str) -> httpx.Response:
        headers = self._headers | {"Content-Type": content_type}
        try:
            response = await self._http.request(method, f"{self._url}{path}", content=body, headers=headers)
        except httpx.TransportError as error:
            raise _AgainError(f"{self._url} does not answer ({type(error).__name__})") from error
        if response.status_code in {408, 429, 502, 503, 504}:
            after = response.headers.get("retry-after", "")
            raise _AgainError(
                f"{response.status_code} {_detail(response)}", float(after) if after.isdecimal() else 0.0
            )
        return response


def http_client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=httpx.Timeout(30, connect=5))


def _pause_seconds(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.after_seconds if isinstance(error, _AgainError) else 0.0
    return max(_backoff(state), asked)


def _note(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning("sending again", attempt=state.attempt_number, error=str(error))


def _answer(response: httpx.Response, *good: str) -> Answer:
    body = response.json()
    results = body.get("results")
    if not isinstance(results, list):  # a refusal of the request as a whole
        raise SendingError(f"answered {response.status_code}: {_detail(response)}")
    refused = tuple((r["index"], r["reason"]) for r in results if r["status"] not in good)
    notes = tuple((r["index"], note) for r in results for note in r.get("notes", ()))
    return Answer(len(results) - len(refused), refused, notes)


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json().get("detail", ""))
    except (ValueError, AttributeError):
        return response.text[:200]
