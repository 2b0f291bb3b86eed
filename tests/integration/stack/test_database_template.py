"""What tests get as a database is what the migrations make."""

import asyncio
import uuid

import httpx

from deploy.clickhouse.migrate import migrate
from deploy.local.places import MIGRATIONS
from tests.support.database_template import DatabaseTemplate


def described(engine: str, database: str) -> str:
    """Its tables and views as they were made, and what the migrations noted and wrote."""
    of = f"FROM system.tables WHERE database = '{database}' ORDER BY name"
    made = f"SELECT name, engine, create_table_query {of}"
    noted = f"SELECT name, digest FROM {database}.schema_migrations ORDER BY name"
    rows = f"SELECT name, total_rows {of}"
    answers = [httpx.post(engine, content=query).text for query in (made, noted, rows)]
    return "\n".join(answers).replace(database, "DATABASE")


def test_a_copy_is_the_same_as_what_was_migrated(
    clickhouse_url: str, database_template: DatabaseTemplate
) -> None:
    migrated, copied = (f"{kind}_{uuid.uuid4().hex}" for kind in ("migrated", "copied"))
    asyncio.run(migrate(f"{clickhouse_url}/{migrated}", MIGRATIONS))
    database_template.copy(copied)
    assert described(clickhouse_url, copied) == described(clickhouse_url, migrated)
    assert "0001_facts.sql" in described(clickhouse_url, copied)
    for name in (migrated, copied):
        database_template.drop(name)
