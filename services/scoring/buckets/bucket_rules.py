"""The counting rules that the stored buckets were made with, such as posts a day.

Buckets of different counting rules must not be mixed, so nothing is written where the stored ones differ from
the rule file's; `python -m services.scoring.rebuild` makes all buckets anew.
"""

import json
from dataclasses import dataclass
from typing import Any

import structlog
from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.runtime.clickhouse import insert, rows
from pantau.runtime.errors import ConfigurationError
from pantau.score.rules import Rules

log = structlog.get_logger(__name__)

REBUILD = "python -m services.scoring.rebuild"
_COLUMNS = ("guards", "rules_version", "rebuilding", "rebuilt_until")
_RECORDED = """
SELECT guards, rules_version, rebuilding, rebuilt_until FROM bucket_rules ORDER BY recorded_at DESC LIMIT 1
"""
_ANY_BUCKET = "SELECT 1 FROM post_buckets LIMIT 1"


class BucketRulesError(ConfigurationError):
    """The stored buckets were made with other counting rules, or nobody knows with which."""


@dataclass(frozen=True, slots=True)
class Recorded:
    counting_rules: str
    rules_version: str
    rebuilding: bool
    rebuilt_until: str


async def recorded(client: AsyncClient) -> Recorded | None:
    found = await rows(client, _RECORDED)
    return Recorded(*found[0]) if found else None


async def record(client: AsyncClient, rules: Rules, *, rebuilding: bool = False, until: str = "") -> None:
    row = (as_text(rules), rules.version, rebuilding, until)
    await insert(client, "bucket_rules", _COLUMNS, [row])


async def check(client: AsyncClient, rules: Rules) -> None:
    """Before anything is written: raises BucketRulesError unless the stored buckets are of these rules."""
    held = await recorded(client)
    if held is None:
        if await rows(client, _ANY_BUCKET):
            raise BucketRulesError(f"nobody recorded the counting rules of the stored buckets; run {REBUILD}")
        await record(client, rules)
    elif held.counting_rules != as_text(rules):
        differing = "\n".join(differences(held, rules))
        raise BucketRulesError(
            f"the stored buckets were made with other counting rules:\n{differing}\nrun {REBUILD}"
        )
    elif held.rebuilding:
        log.warning("a rebuild has not ended, scores wait for it", rebuilt_until=held.rebuilt_until)


def as_text(rules: Rules) -> str:
    return json.dumps(rules.counting_rules, sort_keys=True)


def differences(held: Recorded, rules: Rules) -> list[str]:
    """A line for each counting rule that is another in the rules."""
    stored, wanted = _flat(json.loads(held.counting_rules)), _flat(rules.counting_rules)
    return [
        f"{name}: stored {stored.get(name, 'nothing')} (rules {held.rules_version}),"
        f" rule file {wanted.get(name, 'nothing')} (rules {rules.version})"
        for name in sorted(stored.keys() | wanted.keys())
        if stored.get(name) != wanted.get(name)
    ]


def _flat(counting: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in counting.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return flat
