"""The tables of a database that a test begins anew, example after example."""

from clickhouse_connect.driver.asyncclient import AsyncClient

_HOLDING = """
SELECT name FROM system.tables
WHERE database = currentDatabase() AND name != 'schema_migrations'
    AND engine NOT IN ('MaterializedView', 'Null')
"""


async def forget_everything(client: AsyncClient) -> None:
    for (table,) in (await client.query(_HOLDING)).result_rows:
        await client.command(f"TRUNCATE TABLE {table}")
