"""`python -m services.ingest.deadletters` with a real broker and the services at both its ends."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.kafka.topics import create_missing, delete_existing, read_topics
from deploy.local import ports
from deploy.local.places import ROOT
from pantau.contracts import topics as names
from pantau.contracts.codec import ContractError, encode
from pantau.contracts.events import DeadLetterDecided
from pantau.runtime.clickhouse import connect
from pantau.runtime.clock import utc_now
from pantau.runtime.dead_letters import Origin, dead_letter
from pantau.runtime.kafka.publisher import Publisher
from tests.support.processes import service as running
from tests.support.scoring_service import environment
from tests.support.sentiment_fakes import comment
from tests.support.sentiment_service import Service, produce, reading, service

POISON = b"\xff\x00 not json"
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Done:
    status: int
    told: str


async def command(bootstrap: str, *arguments: str, answer: bytes = b"") -> Done:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.ingest.deadletters", *arguments),
        cwd=ROOT,
        env=os.environ | {"KAFKA_BOOTSTRAP_SERVERS": bootstrap, "COLUMNS": "200", "NO_COLOR": "1"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        told, _ = await process.communicate(answer)
    assert process.returncode is not None
    return Done(process.returncode, told.decode())


async def letters_of_a_failing_model(bootstrap: str, labeller: Service) -> None:
    """One comment that its model fails on, one message that nobody can read, one comment that passes."""
    await produce(bootstrap, [comment(1, text="bagus, gagal"), comment(2), (b"dinkes", POISON)])
    labeller.settings["FAKE_FAILS_ON"] = "gagal"
    labeller.start()
    async with reading(bootstrap, names.LABELLED) as labelled, reading(bootstrap, names.DEAD_LETTERS) as dead:
        await labelled.have(1)
        while len(dead.values) < 2:
            await dead.read()
    assert await labeller.stop() == 0, labeller.output()


async def counted(url: str, comments: int) -> list[tuple[str, str]]:
    """Comment ids and labels, once there are so many."""
    client = await connect(url)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                result = await client.query(
                    "SELECT comment_id, label FROM comments FINAL ORDER BY comment_id"
                )
                if len(result.result_rows) >= comments:
                    return [(str(row[0]), str(row[1])) for row in result.result_rows]
                await asyncio.sleep(0.2)
    finally:
        await client.close()


def number_of(listing: Done, reason: str) -> str:
    (line,) = [line for line in listing.told.splitlines() if f" {reason} " in line]
    return line.split()[0]


async def test_letter_is_listed_shown_replayed_after_the_mending_and_counted_once(
    topics: str, clickhouse_database_url: str, tmp_path: Path
) -> None:
    with service(topics, tmp_path) as labeller:
        await letters_of_a_failing_model(topics, labeller)
        listing = await command(topics, "list")
        assert "2 of 2 letters: 2 waiting, 0 replayed, 0 dropped" in listing.told
        failed, broken = number_of(listing, "unlabelled"), number_of(listing, "not_json")

        shown = await command(topics, "show", failed)
        assert "may hold personal data" in shown.told
        assert '"text":"bagus, gagal"' in shown.told
        assert POISON.hex(" ") in (await command(topics, "show", broken)).told

        labeller.settings["FAKE_FAILS_ON"] = ""
        labeller.start()
        refused = await command(topics, "replay", "--all", "--by", "petugas", answer=b"n\n")
        assert (refused.status, "Send to social.comments 1?" in refused.told) == (1, True)
        replay = ("replay", "--all", "--by", "petugas", "--why", "model diganti", "--yes")
        done = await command(topics, *replay)
        assert f"{broken} left: it would fail again, not_json" in done.told
        assert f"{failed} replayed" in done.told
        assert done.status == 1
        with running("scoring", environment(topics, clickhouse_database_url), tmp_path):
            expected = [("c1", "positive"), ("c2", "positive")]
            assert await counted(clickhouse_database_url, 2) == expected

            again = await command(topics, "replay", failed)
            assert f"{failed} left: replayed " in again.told
            assert "by petugas: model diganti; --again takes it once more" in again.told
            assert again.status == 1
            once_more = await command(topics, "replay", failed, "--again", "--yes", "--by", "petugas")
            assert once_more.status == 0
            async with reading(topics, names.LABELLED) as labelled:
                await labelled.have(3)
            assert await counted(clickhouse_database_url, 2) == expected
        assert await labeller.stop() == 0, labeller.output()

    dropped = await command(topics, "drop", broken, "--why", "uji pengirim", "--by", "petugas")
    assert dropped.status == 0
    listing = await command(topics, "list", "--since", "1h")
    assert "2 of 2 letters: 0 waiting, 1 replayed, 1 dropped" in listing.told
    assert "1 of 2 letters" in (await command(topics, "list", "--reason", "not_json")).told
    assert "0 of 2 letters" in (await command(topics, "list", "--service", "scoring")).told
    assert (await command(topics, "drop", broken, "--why", "lagi")).status == 1
    async with reading(topics, names.DEAD_LETTER_DECISIONS) as audit:
        while len(audit.values) < 3:
            await audit.read()
    trail = [DeadLetterDecided.model_validate_json(value) for value in audit.values]
    assert [(each.decision, each.decided_by, each.reason) for each in trail] == [
        ("replayed", "petugas", "model diganti"),
        ("replayed", "petugas", ""),
        ("dropped", "petugas", "uji pengirim"),
    ]


async def test_what_kafka_did_not_take_is_not_noted_as_replayed(topics: str) -> None:
    error, origin = ContractError("invalid", "why"), Origin(names.COMMENTS, 0, 1)
    one = dead_letter("sentiment", error, encode(comment(1)), origin, utc_now)
    publisher = Publisher(topics)
    await publisher.publish([one])
    await publisher.stop()
    await delete_existing(topics, [names.COMMENTS])
    done = await command(topics, "replay", "--all", "--yes", "--by", "petugas")
    assert (done.status, "failed: Kafka did not acknowledge the rest" in done.told) == (2, True)
    await create_missing(topics, read_topics())
    assert "1 of 1 letters: 1 waiting" in (await command(topics, "list")).told
    again = await command(topics, "replay", "--all", "--yes", "--by", "petugas")
    assert (again.status, "0-0 replayed" in again.told) == (0, True)


async def test_unknown_letters_and_missing_words_are_refused(topics: str) -> None:
    for arguments, words in (
        (("show", "0-9"), "there is no letter 0-9"),
        (("show", "nine"), "is no number of a letter"),
        (("replay",), "name letters, or give --all"),
        (("replay", "0-1", "--all"), "name letters, or give --all"),
        (("replay", "0-1", "--reason", "invalid"), "choose among --all"),
        (("drop", "0-1", "--why", " "), "must not be empty"),
        (("drop", "0-1", "--why", "x" * 1000), "at most"),
        (("drop", "0-1", "--why", "x", "--by", " "), "at least 1"),
        (("drop", "0-1"), "--why"),
        (("list", "--since", "2026-11-21T03:00:00"), "give the offset too"),
        (("list", "--since", "999999d"), "give an instant with its offset"),
        (("list", "--kafka", "kafka://127.0.0.1:9092"), "give host:port"),
    ):
        done = await command(topics, *arguments)
        assert done.status == 2
        assert words in " ".join(done.told.replace("│", " ").split())


async def test_broker_without_the_topics_says_how_to_make_them(kafka_bootstrap: str) -> None:
    await delete_existing(kafka_bootstrap, [topic.name for topic in read_topics()])
    done = await command(kafka_bootstrap, "list")
    assert done.status == 2
    assert "does not exist yet; python -m deploy.kafka creates what is missing" in done.told


async def test_absent_broker_is_one_sentence() -> None:
    address = f"127.0.0.1:{ports.choose(0)}"
    done = await command(address, "list")
    assert (done.status, done.told) == (2, f"failed: Kafka at {address} does not answer\n")
