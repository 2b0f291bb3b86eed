"""The program that docs/operating.md gives for reading dead letters, as it stands there."""

import asyncio
import re
import subprocess
import sys
from datetime import UTC, datetime

from services.contracts.codec import ContractError
from services.runtime.dead_letters import Origin, dead_letter
from services.runtime.kafka import Publisher
from tests.contract.code import ROOT


async def test_dead_letters_are_read_as_documented(topics: str) -> None:
    page = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    program = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert program
    publisher = Publisher(topics)
    origin = Origin("social.comments.labelled", 3, 42, 7)
    error = ContractError("not_json", "no end")
    await publisher.publish(
        [dead_letter("scoring", error, b"{half", origin, lambda: datetime(2026, 11, 21, 3, tzinfo=UTC))]
    )
    await publisher.stop()
    done = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program[1], topics, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    async with asyncio.timeout(60):
        output, errors = await done.communicate()
    assert errors == b""
    assert output.decode().splitlines() == [
        "2026-11-21 03:00:00 scoring not_json: no end",
        "  from social.comments.labelled/3/42/7",
        "  b'{half'",
    ]
