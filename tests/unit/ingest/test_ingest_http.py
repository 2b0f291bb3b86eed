"""The HTTP application with a publisher that remembers instead of Kafka."""

import asyncio
import gzip
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr

from pantau.contracts.codec import decode_comment, decode_post_event
from pantau.contracts.events import AccountRegistered
from pantau.contracts.registration import Registration, registered
from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka.publisher import Record
from pantau.runtime.ops import Readiness
from services.ingest.accounts.registry import Registry
from services.ingest.app import create_app
from services.ingest.delivery import Delivery
from services.ingest.dependencies import Intake
from services.ingest.events.turns import MAX_TEXT_CHARACTERS
from services.ingest.events.validate import Validator
from services.ingest.workers import NAME, Workers

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = "a-key-for-tests-only"
COMMENT: dict[str, Any] = {
    "type": "comment.observed",
    "account_id": "dinkes",
    "platform": "instagram",
    "comment_id": "1",
    "text": "mantap",
    "created_at": "2026-11-21T02:40:11Z",
}
POST: dict[str, Any] = {
    "type": "post.observed",
    "account_id": "dinkes",
    "platform": "x",
    "post_id": "1",
    "published_at": "2026-11-21T02:00:00Z",
}
UNKNOWN_ACCOUNT = "account 'x' is not registered; register it first (POST /v1/accounts or replay --register)"


class Remembering:
    """Acknowledges when `open`; otherwise as `failing` says, or never."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.open = asyncio.Event()
        self.open.set()
        self.failing = False

    async def publish(self, records: Sequence[Record]) -> None:
        if self.failing:
            raise RetryableError("away")
        await self.open.wait()
        self.records += records


class World:
    def __init__(self) -> None:
        self.kafka = Remembering()
        self.registry = Registry()
        self.readiness = Readiness()
        self.delivery = Delivery(self.kafka, timeout_seconds=0.2, max_in_flight=2)
        self.workers = Workers()
        self.is_held = threading.Event()
        self.release = threading.Event()
        self.know("dinkes")
        intake = Intake(
            api_keys=[SecretStr(KEY)],
            max_body_bytes=8_000_000,
            read_timeout_seconds=5,
            registry=self.registry,
            register=self.register,
            delivery=self.delivery,
            validator=Validator(self.is_registered, b"k" * 32),
            workers=self.workers,
            readiness=self.readiness,
            clock=lambda: NOW,
        )
        self.app = create_app(intake)

    def is_registered(self, account_id: str) -> bool:
        """Judging an event of `lambat` takes until it is released."""
        if account_id == "lambat":
            self.is_held.set()
            assert self.release.wait(60)
        return account_id in self.registry or account_id == "lambat"

    def know(self, account_id: str) -> None:
        event = registered(Registration(account_id=account_id, name=account_id), None, NOW)
        assert event is not None
        self.registry.apply(event)

    async def register(self, events: Sequence[AccountRegistered]) -> None:
        await self.delivery.deliver([Record("social.accounts", None, b"") for _ in events])
        for event in events:
            self.registry.apply(event)


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.release.set()
    world.workers.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(NAME)]


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=world.app)
    headers = {"Authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest", headers=headers) as client:
        yield client


async def test_accepted_events_are_on_their_topics_under_their_account(
    world: World, http: httpx.AsyncClient
) -> None:
    response = await http.post("/v1/events", json=[COMMENT, POST])
    assert response.status_code == 202
    assert response.json() == {
        "accepted": 2,
        "refused": 0,
        "results": [{"index": 0, "status": "accepted"}, {"index": 1, "status": "accepted"}],
    }
    assert [(r.topic, r.key) for r in world.kafka.records] == [
        ("social.comments", b"dinkes"),
        ("social.posts", b"dinkes"),
    ]
    assert decode_comment(world.kafka.records[0].value).received_at == NOW
    assert decode_post_event(world.kafka.records[1].value).platform == "x"


async def test_one_object_and_lines_are_taken_too(world: World, http: httpx.AsyncClient) -> None:
    assert (await http.post("/v1/events", json=POST)).json()["accepted"] == 1
    lines = orjson.dumps(POST) + b"\n" + orjson.dumps(COMMENT) + b"\n"
    answer = await http.post("/v1/events", content=lines, headers={"Content-Type": "application/x-ndjson"})
    assert answer.json()["accepted"] == 2
    packed = await http.post(
        "/v1/events",
        content=gzip.compress(lines),
        headers={"Content-Encoding": "gzip", "Content-Type": "application/json"},
    )
    assert packed.json()["accepted"] == 2
    assert len(world.kafka.records) == 5


async def test_bad_items_are_refused_by_name_and_good_ones_taken(
    world: World, http: httpx.AsyncClient
) -> None:
    response = await http.post("/v1/events", json=[COMMENT, COMMENT | {"account_id": "x"}, 3])
    assert response.status_code == 202
    assert response.json()["results"] == [
        {"index": 0, "status": "accepted"},
        {"index": 1, "status": "refused", "reason": UNKNOWN_ACCOUNT},
        {"index": 2, "status": "refused", "reason": "an event is a JSON object"},
    ]
    assert len(world.kafka.records) == 1


async def test_field_name_that_no_answer_can_carry_costs_its_own_item(
    world: World, http: httpx.AsyncClient
) -> None:
    lines = orjson.dumps(COMMENT) + b"\n" + orjson.dumps(COMMENT)[:-1] + b',"\\ud800x":1}'
    response = await http.post("/v1/events", content=lines, headers={"Content-Type": "application/x-ndjson"})
    assert response.status_code == 202
    body = response.json()
    assert (body["accepted"], body["refused"], body["fields_not_used"]) == (1, 1, ["\\ud800x"])
    assert len(world.kafka.records) == 1


async def test_nothing_acceptable_is_a_problem(world: World, http: httpx.AsyncClient) -> None:
    response = await http.post("/v1/events", json=COMMENT | {"account_id": "x"})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["accepted"], body["refused"]) == (422, 0, 1)
    assert body["results"] == [{"index": 0, "status": "refused", "reason": UNKNOWN_ACCOUNT}]
    assert world.kafka.records == []


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"{}", {"Content-Type": "text/html"}, 415),
        (b"{}", {"Content-Encoding": "br"}, 415),
        (b"{}", {"Content-Encoding": "gzip"}, 400),
        (b'"' + b"x" * 8_000_000 + b'"', {}, 413),
        (gzip.compress(b'"' + b"x" * 8_000_000 + b'"'), {"Content-Encoding": "gzip"}, 413),
        (b"1\n" * 5_001, {"Content-Type": "application/x-ndjson"}, 413),
        (b"{}", {"Authorization": ""}, 401),
        (b"{}", {"Authorization": "Bearer wrong"}, 401),
    ],
)
async def test_unusable_requests_are_problems(
    http: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: int
) -> None:
    response = await http.post(
        "/v1/events", content=content, headers={"Content-Type": "application/json"} | headers
    )
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status


async def test_a_body_without_a_length_is_limited_while_it_is_read(http: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 100_000

    response = await http.post("/v1/events", content=endless(), headers={"Content-Type": "application/json"})
    assert response.status_code == 413
    assert response.headers["connection"] == "close"
    assert sent < 200


async def test_the_other_header_is_a_key_too(http: httpx.AsyncClient) -> None:
    response = await http.post("/v1/events", json=POST, headers={"Authorization": "", "X-API-Key": KEY})
    assert response.status_code == 202


async def test_kafka_away_is_503_and_nothing_counts(world: World, http: httpx.AsyncClient) -> None:
    world.kafka.failing = True
    response = await http.post("/v1/events", json=[COMMENT])
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert response.headers["content-type"] == "application/problem+json"
    assert "accepted" not in response.json()
    world.kafka.failing = False
    assert (await http.post("/v1/events", json=[COMMENT])).status_code == 202


async def test_a_silent_kafka_is_not_waited_for(world: World, http: httpx.AsyncClient) -> None:
    world.kafka.open.clear()
    assert (await http.post("/v1/events", json=[COMMENT])).status_code == 503
    world.kafka.open.set()
    await world.delivery.drained()


async def test_requests_in_flight_are_bounded(world: World, http: httpx.AsyncClient) -> None:
    world.kafka.open.clear()
    answers = await asyncio.gather(*(http.post("/v1/events", json=[COMMENT]) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [503] * 5
    assert sum("too many" in answer.json()["detail"] for answer in answers) == 3
    assert "too many" in (await http.post("/v1/events", json=[COMMENT])).json()["detail"]
    world.kafka.open.set()
    await world.delivery.drained()
    assert (await http.post("/v1/events", json=[COMMENT])).status_code == 202


async def held(world: World, http: httpx.AsyncClient) -> asyncio.Task[httpx.Response]:
    """A request whose validation has begun and does not end."""
    request = asyncio.create_task(http.post("/v1/events", json=COMMENT | {"account_id": "lambat"}))
    await asyncio.to_thread(world.is_held.wait, 60)
    return request


async def test_while_one_request_is_judged_others_are_answered(world: World, http: httpx.AsyncClient) -> None:
    slow = await held(world, http)
    assert (await http.get("/healthz")).status_code == 200
    assert (await http.post("/v1/events", json=[COMMENT] * 1_000)).json()["accepted"] == 1_000
    assert (await http.post("/v1/accounts", json={"account_id": "x", "name": "X"})).status_code == 200
    assert not slow.done()
    world.release.set()
    assert (await slow).json()["accepted"] == 1


async def test_a_request_that_is_given_up_is_judged_no_further(world: World, http: httpx.AsyncClient) -> None:
    slow = await held(world, http)
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    world.release.set()
    assert (await http.post("/v1/events", json=[COMMENT])).json()["accepted"] == 1
    assert len(world.kafka.records) == 1
    assert (await http.post("/v1/events", json=[COMMENT])).status_code == 202


async def test_requests_take_turns(world: World, http: httpx.AsyncClient) -> None:
    """One thread is busy, a long request has the other; a short one waits for a piece of it, not for all."""
    end = threading.Event()
    busy = asyncio.create_task(world.workers.run(lambda: end.wait(60)))
    long = [COMMENT | {"account_id": "lambat"}, *[COMMENT] * 4_999]
    first = asyncio.create_task(http.post("/v1/events", json=long))
    await asyncio.to_thread(world.is_held.wait, 60)
    short = asyncio.create_task(http.post("/v1/events", json=COMMENT))
    world.release.set()
    done, _ = await asyncio.wait({first, short}, return_when=asyncio.FIRST_COMPLETED)
    assert done == {short}
    assert (await first).json()["accepted"] == 5_000
    end.set()
    assert await busy


async def test_more_text_than_a_request_may_hold_is_refused_with_what_to_do(
    world: World, http: httpx.AsyncClient
) -> None:
    comment = COMMENT | {"text": "x" * 10_000}
    enough = MAX_TEXT_CHARACTERS // 10_000
    answer = await http.post("/v1/events", json=[comment] * (enough + 1))
    assert answer.status_code == 413
    assert answer.json()["detail"] == (
        "4200000 characters of text in one request; send at most 4194304, "
        "in several requests where there are more"
    )
    assert world.kafka.records == []


async def test_before_the_registry_is_read_nobody_is_refused(world: World, http: httpx.AsyncClient) -> None:
    world.readiness.lost("accounts")
    assert (await http.post("/v1/events", json=[COMMENT])).status_code == 503
    assert (await http.get("/v1/accounts")).status_code == 503


async def test_registered_accounts_may_send_at_once(world: World, http: httpx.AsyncClient) -> None:
    response = await http.post("/v1/accounts", json=[{"account_id": "x", "name": "Akun X"}])
    assert (response.status_code, response.json()["registered"]) == (200, 1)
    assert (await http.post("/v1/events", json=COMMENT | {"account_id": "x"})).status_code == 202
    accounts = (await http.get("/v1/accounts")).json()["accounts"]
    assert [account["account_id"] for account in accounts] == ["dinkes", "x"]
    assert accounts[1] == {
        "account_id": "x",
        "name": "Akun X",
        "short_name": "Akun X",
        "kind": "other",
        "active": True,
        "onboarded_at": "2026-11-21T12:00:00Z",
        "registered_at": "2026-11-21T12:00:00Z",
    }


async def test_accounts_are_judged_one_by_one(http: httpx.AsyncClient) -> None:
    items = [
        {"account_id": "dinkes", "name": "Dinas Kesehatan"},
        {"account_id": "x", "name": "X", "kind": "hospital"},
        {"account_id": "x", "name": "X"},
        {"account_id": "y"},
        {"account_id": "z", "name": "Z", "onboarded_at": "2027-11-21T12:00:00Z"},
        {"account_id": "\ud800", "name": "Z"},
    ]
    body = orjson.dumps(items[:-1])[:-1] + b',{"account_id":"\\ud800","name":"Z"}]'
    answer = (
        await http.post("/v1/accounts", content=body, headers={"Content-Type": "application/json"})
    ).json()
    statuses = [result["status"] for result in answer["results"]]
    assert statuses == ["unchanged", "registered", "unchanged", "refused", "refused", "refused"]
    assert (answer["registered"], answer["unchanged"], answer["refused"]) == (1, 2, 3)


async def test_existing_accounts_change_only_when_told(http: httpx.AsyncClient) -> None:
    wanted = [{"account_id": "dinkes", "name": "Dinas Kesehatan", "kind": "opd"}]
    assert (await http.post("/v1/accounts", json=wanted)).json()["unchanged"] == 1
    assert (await http.post("/v1/accounts?update=true", json=wanted)).json()["updated"] == 1
    assert (await http.post("/v1/accounts?update=true", json=wanted)).json()["unchanged"] == 1
    assert (await http.get("/v1/accounts")).json()["accounts"][0]["name"] == "Dinas Kesehatan"


CHANGES: list[dict[str, object]] = [
    {"name": "Dinas"},
    {"short_name": "DK"},
    {"kind": "hospital"},
    {"active": False},
    {"onboarded_at": "2026-01-01T00:00:00Z"},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
async def test_update_changes_what_is_given_and_keeps_the_rest(
    http: httpx.AsyncClient, change: dict[str, object]
) -> None:
    before = (await http.get("/v1/accounts")).json()["accounts"][0]
    answer = await http.post("/v1/accounts?update=true", json=[{"account_id": "dinkes"} | change])
    assert answer.json()["results"] == [{"index": 0, "account_id": "dinkes", "status": "updated"}]
    after = (await http.get("/v1/accounts")).json()["accounts"][0]
    assert after == before | change | {"registered_at": "2026-11-21T12:00:00.000001Z"}


@pytest.mark.parametrize("path", ["/v1/accounts", "/v1/accounts?update=true"])
async def test_new_account_needs_its_name_and_is_told_so(http: httpx.AsyncClient, path: str) -> None:
    wanted = [{"account_id": "x", "active": False}, {"account_id": "dinkes"}]
    refused, known = (await http.post(path, json=wanted)).json()["results"]
    assert refused["reason"] == "name: needed, because account 'x' does not exist yet"
    assert known["status"] == "unchanged"


async def test_later_items_change_what_earlier_ones_registered(http: httpx.AsyncClient) -> None:
    wanted = [{"account_id": "x", "name": "X"}, {"account_id": "x", "kind": "hospital"}]
    statuses = (await http.post("/v1/accounts?update=true", json=wanted)).json()["results"]
    assert [status["status"] for status in statuses] == ["registered", "updated"]
    account = (await http.get("/v1/accounts")).json()["accounts"][1]
    assert (account["name"], account["kind"]) == ("X", "hospital")


async def test_accounts_that_cannot_be_registered_are_a_problem(
    world: World, http: httpx.AsyncClient
) -> None:
    assert (await http.post("/v1/accounts", json=[{"name": "?"}])).status_code == 422
    world.kafka.failing = True
    assert (await http.post("/v1/accounts", json=[{"account_id": "x", "name": "X"}])).status_code == 503
    assert "x" not in world.registry


async def test_the_schema_tells_of_events_and_their_examples_are_acceptable(http: httpx.AsyncClient) -> None:
    document = (await http.get("/openapi.json", headers={"Authorization": ""})).json()
    assert {"Event", "InboundComment", "Registration"} <= document["components"]["schemas"].keys()
    examples = document["paths"]["/v1/events"]["post"]["requestBody"]["content"]["application/json"][
        "examples"
    ]
    for example in examples.values():
        assert (await http.post("/v1/events", json=example["value"])).json()["refused"] == 0


async def test_event_of_a_clock_that_is_ahead_is_taken_noted_and_counted(
    world: World, http: httpx.AsyncClient
) -> None:
    labels = {"type": "comment.observed"}
    before = REGISTRY.get_sample_value("pantau_ingest_events_ahead_total", labels) or 0
    ahead = COMMENT | {"created_at": "2026-11-21T19:00:30Z"}  # 7 h: local time sent as UTC
    within = COMMENT | {"created_at": "2026-11-21T12:05:00Z"}
    response = await http.post("/v1/events", json=[ahead, within])
    assert response.json()["results"] == [
        {
            "index": 0,
            "status": "accepted",
            "notes": ["7 h 0 min ahead of ingest's clock: the sender's clock or time zone is wrong"],
        },
        {"index": 1, "status": "accepted"},
    ]
    assert len(world.kafka.records) == 2
    assert REGISTRY.get_sample_value("pantau_ingest_events_ahead_total", labels) == before + 1


async def test_fields_that_no_event_has_are_named_in_the_answer(http: httpx.AsyncClient) -> None:
    response = await http.post("/v1/events", json=[COMMENT | {"by_acount": True, "username": "budi"}])
    assert response.json()["fields_not_used"] == ["by_acount", "username"]


async def test_ids_that_a_spreadsheet_rounded_together_are_refused(http: httpx.AsyncClient) -> None:
    ids = ["17900012345678900", "17900012345678800", "17900012345678700", "abc"]
    response = await http.post("/v1/events", json=[COMMENT | {"comment_id": each} for each in ids])
    results = response.json()["results"]
    assert [result["status"] for result in results] == ["refused", "refused", "refused", "accepted"]
    assert "a spreadsheet or data frame shortened it" in results[0]["reason"]
