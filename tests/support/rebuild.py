"""What a rebuild has to leave as it was."""

from typing import Any

from pantau.score.bucket_sums import ADDITIVE

_BUCKETS = ("post_buckets", "post_buckets_by_minute", "hour_buckets", "month_buckets")
# A row of zeros without any observation says that something was there once; a rebuild does not write it.
_SAYS_SOMETHING = f"newest_at > toDateTime64(0, 6, 'UTC') OR {' + '.join(ADDITIVE)} > 0"


async def derived(client: Any) -> dict[str, list[tuple[Any, ...]]]:
    """The content of every derived table, apart from versions and clocks."""
    tables = {
        table: f"SELECT * EXCEPT (version) FROM {table} FINAL WHERE {_SAYS_SOMETHING} ORDER BY ALL"
        for table in _BUCKETS
    }
    tables["post_flags"] = "SELECT * EXCEPT (version) FROM post_flags FINAL ORDER BY ALL"
    tables["arrivals"] = "SELECT * FROM arrivals FINAL ORDER BY ALL"
    tables["flow_arrivals"] = "SELECT * FROM flow_arrivals FINAL ORDER BY ALL"
    tables["scores"] = "SELECT * EXCEPT (version, at, computed_at) FROM scores FINAL ORDER BY ALL"
    tables["unfinished"] = "SELECT * FROM flush_posts WHERE flush_id NOT IN (SELECT flush_id FROM flushes)"
    return {name: list((await client.query(query)).result_rows) for name, query in tables.items()}
