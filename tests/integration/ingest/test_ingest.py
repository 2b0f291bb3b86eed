"""Ingest as a process against a real broker: what is acknowledged is on Kafka."""

import asyncio
import csv
import gzip
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from aiokafka import AIOKafkaProducer

from deploy.local.places import ROOT
from pantau.contracts import topics as names
from pantau.contracts.codec import decode_account, decode_comment, decode_post_event
from pantau.contracts.events import MetricsObserved
from tests.support.ingest_process import COMMENT, KEY, Ingest, running, stored, until

FOLLOWERS: dict[str, Any] = {
    "type": "followers.observed",
    "account_id": "rsudam",
    "platform": "x",
    "observed_at": "2026-11-20T03:00:00Z",
    "followers": 812,
}


@pytest.fixture
def ingest(topics: str, tmp_path: Path) -> Iterator[Ingest]:
    with running(topics, tmp_path) as process:
        yield process


def run(module: str, *arguments: str, ingest: Ingest, key: str = KEY) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", f"services.{module}", *arguments],
        env=os.environ | {"INGEST_URL": ingest.url, "INGEST_API_KEY": key, "COLUMNS": "200"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_what_is_acknowledged_is_on_kafka(topics: str, ingest: Ingest) -> None:
    items = [COMMENT | {"comment_id": str(number)} for number in range(500)] + [FOLLOWERS]
    with ingest.client() as client:
        response = client.post("/v1/events", json=[*items, COMMENT | {"account_id": "x"}])
    assert response.status_code == 202
    assert (response.json()["accepted"], response.json()["refused"]) == (501, 1)
    comments = [(key, decode_comment(value)) for key, value in stored(topics, names.COMMENTS)]
    assert [comment.comment_id for _, comment in comments] == [str(number) for number in range(500)]
    assert {key for key, _ in comments} == {b"dinkes"}
    assert {comment.text for _, comment in comments} == {"mantap [akun]"}
    assert "42" not in {comment.author for _, comment in comments}
    [(key, value)] = stored(topics, names.POSTS)
    assert (key, decode_post_event(value).account_id) == (b"rsudam", "rsudam")


def test_limits_hold_on_the_wire(ingest: Ingest) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b" " * 1_000_000

    with ingest.client() as client:
        large = client.post("/v1/events", content=b"[" + b" " * 9_000_000 + b"]")
        many = client.post("/v1/events", content=b"{}\n" * 5_001)
        strange = client.post("/v1/events", content=b"<a/>", headers={"Content-Type": "text/xml"})
        assert [large.status_code, many.status_code, strange.status_code] == [413, 413, 415]
        try:
            stream = client.post(
                "/v1/events", content=endless(), headers={"Content-Type": "application/json"}
            )
        except httpx.TransportError:
            pass  # the connection was closed while we still sent: a limit, too
        else:
            assert stream.status_code == 413
        assert client.post("/v1/events", json=COMMENT).status_code == 202
    assert httpx.post(f"{ingest.url}/v1/events", json=COMMENT).status_code == 401


def test_metrics_tell_what_happened(ingest: Ingest) -> None:
    with ingest.client() as client:
        client.post("/v1/events", json=[COMMENT, {"type": "made up"}])
    told = httpx.get(f"{ingest.operations}/metrics").text
    assert 'pantau_ingest_events_total{outcome="accepted",type="comment.observed"} 1.0' in told
    assert 'pantau_ingest_events_total{outcome="refused",type="unknown"} 1.0' in told
    assert 'pantau_event_age_seconds_count{stage="ingest"} 1.0' in told
    assert 'route="/v1/events",service="ingest",status="202"} 1.0' in told


def test_processes_share_one_registry(topics: str, ingest: Ingest, tmp_path: Path) -> None:
    account = {
        "account_id": "kab-metro",
        "name": "Pemerintah Kota Metro",
        "onboarded_at": "2026-01-01T00:00:00Z",
    }
    theirs = COMMENT | {"account_id": "kab-metro"}
    with running(topics, tmp_path) as other, ingest.client() as here, other.client() as there:
        assert there.post("/v1/events", json=theirs).status_code == 422
        assert here.post("/v1/accounts", json=[account]).json()["registered"] == 1
        assert here.post("/v1/events", json=theirs).status_code == 202
        until(lambda: there.post("/v1/events", json=theirs).status_code == 202)
        known = here.get("/v1/accounts").json()
        assert there.get("/v1/accounts").json() == known
        assert other.terminate() == 0
    assert len(known["accounts"]) == 52
    assert len(stored(topics, names.ACCOUNTS)) == 52  # the second process had nothing to add
    with running(topics, tmp_path) as later, later.client() as client:
        assert client.get("/v1/accounts").json() == known


def test_an_unreadable_account_is_skipped(topics: str, ingest: Ingest) -> None:
    async def publish() -> None:
        producer = AIOKafkaProducer(bootstrap_servers=topics)
        async with asyncio.timeout(30):
            await producer.start()
            try:
                await producer.send_and_wait(names.ACCOUNTS, b"{", key=b"broken")
                await producer.send_and_wait(names.ACCOUNTS, None, key=b"gone")
            finally:
                await producer.stop()

    asyncio.run(publish())
    until(lambda: "unreadable account skipped" in ingest.log.read_text())
    with ingest.client() as client:
        assert client.post("/v1/accounts", json={"account_id": "x", "name": "X"}).status_code == 200
    values = [value for key, value in stored(topics, names.ACCOUNTS) if key == b"x"]
    assert decode_account(values[0]).name == "X"


def test_a_request_in_flight_survives_sigterm(topics: str, ingest: Ingest) -> None:
    body = orjson.dumps(COMMENT)
    host, port = ingest.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        head = (
            f"POST /v1/events HTTP/1.1\r\nHost: x\r\nX-API-Key: {KEY}\r\nContent-Type: application/json\r\n"
        )
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:10])
        time.sleep(0.5)
        ingest.process.send_signal(signal.SIGTERM)
        until(lambda: "Shutting down" in ingest.log.read_text())
        connection.sendall(body[10:])
        assert connection.recv(1000).startswith(b"HTTP/1.1 202")
    assert ingest.process.wait(30) == 0
    assert len(stored(topics, names.COMMENTS)) == 1


def test_a_faulty_accounts_file_stops_the_start(topics: str, tmp_path: Path) -> None:
    file = tmp_path / "accounts.yaml"
    file.write_text("accounts: [{account_id: a}]", encoding="utf-8")
    with (
        pytest.raises(AssertionError, match="name: Field required"),
        running(topics, tmp_path, INGEST_ACCOUNTS_FILE=str(file)),
    ):
        pass


def recording(folder: Path) -> list[str]:
    """Two files: 1,200 comments of one account, and readings of another's posts."""
    comments = [
        {
            "id": f"c{number}",
            "platform": "instagram",
            "account": "uji" if number else None,
            "post_id": None,
            "author": f"u{number % 50}",
            "text": f"komentar {number}",
            "created_at": f"2021-03-{1 + number % 28:02}",
        }
        for number in range(1_200)
    ]
    lines = b"".join(orjson.dumps(comment) + b"\n" for comment in comments)
    (folder / "comments.jsonl.gz").write_bytes(gzip.compress(lines))
    with (folder / "readings.csv").open("w", newline="", encoding="utf-8") as text:
        writer = csv.writer(text)
        writer.writerow(
            [
                "platform",
                "account_id",
                "account_name",
                "post_id",
                "published_at",
                "observed_at",
                "views",
                "likes",
            ]
        )
        for number in range(100):
            day = f"2021-04-{1 + number // 10:02}"
            writer.writerow(["youtube", "UC1", "Kanal", f"v{number % 10}", "2021-03-30", day, number, ""])
    return [str(folder / "comments.jsonl.gz"), str(folder / "readings.csv")]


def without_receipt(found: list[tuple[bytes, bytes]]) -> list[bytes]:
    events = [orjson.loads(value) for _, value in found]
    return sorted(orjson.dumps(event | {"received_at": None}) for event in events)


def test_replay_end_to_end(topics: str, ingest: Ingest, tmp_path: Path) -> None:
    files = recording(tmp_path)
    nobody = run("connectors.files", *files, ingest=ingest)
    assert nobody.returncode == 1
    assert "accepted 0, refused 1310" in nobody.stdout
    first = run("connectors.files", "--register", "--zone", "UTC", *files, ingest=ingest)
    assert first.returncode == 1, first.stdout + first.stderr
    assert "accepted 1309, refused 1" in first.stdout
    assert "the row names no account; give one with --account NAME" in first.stdout
    assert "comments.jsonl.gz row 1" in first.stdout
    once = without_receipt(stored(topics, names.COMMENTS) + stored(topics, names.POSTS))
    assert len(once) == 1_309
    second = run("connectors.files", "--account", "uji", "--zone", "UTC", *reversed(files), ingest=ingest)
    assert second.returncode == 0
    twice = without_receipt(stored(topics, names.COMMENTS) + stored(topics, names.POSTS))
    assert len(twice) == 2 * 1_309 + 1
    assert set(once) < set(twice)
    assert len(set(twice)) == 1_310
    with ingest.client() as client:
        accounts = {
            account["account_id"]: account for account in client.get("/v1/accounts").json()["accounts"]
        }
    assert accounts["UC1"]["name"] == "Kanal"
    assert accounts["UC1"]["onboarded_at"] == "2021-04-01T00:00:00Z"
    assert accounts["uji"]["onboarded_at"] == "2021-03-01T00:00:00Z"


def test_replay_of_what_offices_have(topics: str, ingest: Ingest, tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    link = "https://www.facebook.com/dinasuji/posts/pfbid"
    export.write_text(
        "Post ID;Page ID;Page name;Title;Publish time;Permalink;Data comment;Date;Views;Reactions;Comments\n"
        f"1220000000000033;1000;Dinas Uji;Donor darah;23/11/2026 18.12;{link}3;;Lifetime;1.002.714;1.050;9\n"
        f"1,22E+15;1000;Dinas Uji;Loket tutup;24/11/2026 07.30;{link}4;;Lifetime;2.714;8;3\n",
        encoding="utf-8-sig",
    )
    comments = tmp_path / "comments.txt"
    comments.write_text(
        "id\tplatform\takun\tisi\twaktu\tby_account\tcuaca\n"
        "k1\tIG\tsri\tBagus \U0001f44d\t25 Nov 2026 08.00 WIB\t\thujan\n"
        'k2\tIG\tbudi\t"katanya "gratis" tapi bayar"\t25 Nov 2026 08.05 WIB\t\t\n'
        "k3\tIG\tdinas\tTerima kasih\t2026-11-25 08:10\tya\t\n"
        "k4\tIG\t1.79E+16\tLama\t2026-11-25 08:15\t\t\n",
        encoding="utf-16",
    )
    done = run(
        *(
            "connectors.files",
            "--register",
            "--account",
            "uji-kantor",
            "--observed-at",
            "2026-11-25T09:00:00Z",
        ),
        *(str(comments), str(export)),
        ingest=ingest,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    told = " ".join(done.stdout.split())
    for words in (
        "comments.txt: read as utf-16-le",
        "comments.txt: 2 times without an offset, read as of Asia/Jakarta (--zone)",
        "comments.txt: columns not used: cuaca (not known)",
        "export.csv: 1 row without a time, read as of --observed-at",
        "1 post was published before the account was onboarded",
        "akun: '1.79E+16' is no id",
        "comments.txt row 2 (line 3)",
        "Post ID: '1,22E+15' is no id",
    ):
        assert words in told, done.stdout
    assert done.stdout.splitlines()[-1] == "accepted 5, refused 2"
    found = sorted(
        (decode_comment(value) for _, value in stored(topics, names.COMMENTS)), key=lambda c: c.comment_id
    )
    assert [(c.comment_id, c.by_account, c.author is None, f"{c.created_at:%H:%M}") for c in found] == [
        ("k1", False, False, "01:00"),
        ("k3", True, False, "01:10"),
        ("k4", False, True, "01:15"),
    ]
    posts = [decode_post_event(value) for _, value in stored(topics, names.POSTS)]
    [reading] = [event for event in posts if isinstance(event, MetricsObserved)]
    assert (reading.views, reading.likes, reading.comments, reading.shares) == (1_002_714, 1_050, 9, None)
    with ingest.client() as client:
        accounts = client.get("/v1/accounts").json()["accounts"]
    assert {each["name"] for each in accounts if each["account_id"] == "uji-kantor"} == {"Dinas Uji"}


def test_replay_fails_with_code_2(ingest: Ingest, tmp_path: Path) -> None:
    files = recording(tmp_path)
    assert run("connectors.files", *files, ingest=ingest, key="wrong").returncode == 2
    assert run("connectors.files", str(tmp_path / "none.csv"), ingest=ingest).returncode == 2
    (tmp_path / "book.csv").write_bytes(b"PK\x03\x04")
    book = run("connectors.files", str(tmp_path / "book.csv"), ingest=ingest)
    assert book.returncode == 2
    assert "an Excel workbook (xlsx)" in " ".join(book.stdout.split())
    assert run("connectors.files", "--zone", "WIB", *files, ingest=ingest).returncode == 2
    assert run("connectors.files", "--observed-at", "kemarin", *files, ingest=ingest).returncode == 2
    assert run("connectors.files", "--speed", "warp", *files, ingest=ingest).returncode == 2
    ingest.terminate()
    away = run("connectors.files", "--give-up-after-seconds", "1", *files, ingest=ingest)
    assert away.returncode == 2
    assert "gave up" in away.stdout


def test_the_demo_fills_the_topics_until_it_is_stopped(topics: str, ingest: Ingest) -> None:
    demo = subprocess.Popen(
        [sys.executable, "-m", "services.connectors.demo", "--backfill", "0.1", "--rate", "20"],
        env=os.environ | {"INGEST_URL": ingest.url, "INGEST_API_KEY": KEY},
        cwd=ROOT,
    )
    try:
        until(lambda: len(stored(topics, names.COMMENTS)) > 300)
    finally:
        demo.terminate()
    assert demo.wait(30) == 0
    assert all(decode_comment(value).simulated for _, value in stored(topics, names.COMMENTS))
    assert all(decode_post_event(value).simulated for _, value in stored(topics, names.POSTS))
