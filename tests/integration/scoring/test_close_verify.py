"""Whether a frozen month holds: from its document alone, and not where anything of it was changed."""

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.score.month_document import Json, canonical, digest, loaded
from pantau.score.official import read_document, read_revisions
from services.scoring.close.verify import verify
from tests.support.close import FACTS, closed, connected, october, write


async def test_a_frozen_month_holds_without_any_fact(clickhouse_database_url: str) -> None:
    async with connected(clickhouse_database_url) as client:
        await write(client, october())
        revision = (await closed(client)).revision
        for table in (*FACTS, "month_buckets", "post_buckets"):
            await client.command(f"TRUNCATE TABLE {table}")
        assert revision is not None
        verification = await verify(client, revision)
    assert verification.holds
    assert not verification.code_changed
    assert len(verification.checks) == 6


async def overwrite(client: AsyncClient, content: bytes, sha256: str) -> None:
    """What no code of the product does."""
    result = await client.query("SELECT * FROM official_months")
    row = dict(zip(result.column_names, result.result_rows[0], strict=True))
    await client.command("TRUNCATE TABLE official_months")
    row |= {"document": content.decode(), "sha256": sha256}
    await client.insert("official_months", [list(row.values())], column_names=list(row))


def score_changed(stored: Json) -> None:
    stored["results"]["scores"]["akun-0"]["score"] = 99.9


def input_changed(stored: Json) -> None:
    stored["inputs"]["accounts"]["akun-0"]["platforms"]["instagram"]["sums"]["likes"] += 1000


def weight_changed(stored: Json) -> None:
    stored["rules"]["weights"] |= {"views": 0.4, "comments": 0.1}


async def test_a_changed_document_does_not_hold(clickhouse_database_url: str) -> None:
    """Even where its hash was written anew, the results do not follow from the inputs any more."""
    async with connected(clickhouse_database_url) as client:
        await write(client, october())
        revision = (await closed(client)).revision
        assert revision is not None
        frozen = await read_document(client, revision)
        for forge in (score_changed, input_changed, weight_changed):
            stored = loaded(frozen)
            forge(stored)
            content = canonical(stored)
            for sha256 in (revision.sha256, digest(content)):
                await overwrite(client, content, sha256)
                found = await verify(client, (await read_revisions(client))[0])
                assert not found.holds
                assert found.checks[0].holds == (sha256 == digest(content))
        await overwrite(client, b'{"month":', "0" * 64)
        found = await verify(client, (await read_revisions(client))[0])
        assert [check.holds for check in found.checks] == [False, False]
