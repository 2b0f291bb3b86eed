"""Rows and files for the tests of replay."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from services.connectors.files.files import Row, opened
from services.connectors.files.habits import Assumed, Defaults
from services.connectors.files.rows import RowReader
from services.connectors.files.script import Script

COMMENT: dict[str, Any] = {
    "id": "c1",
    "platform": "instagram",
    "account": "dinkes",
    "post_id": None,
    "parent_id": None,
    "author": "u1",
    "text": "mantap",
    "label": "positive",
    "label_by": "human",
    "likes": 3,
    "created_at": "2021-03-01",
}
READING: dict[str, Any] = {
    "platform": "youtube",
    "account_id": "UC1",
    "account_name": "Kanal Satu",
    "post_id": "v1",
    "published_at": "2020-07-05T09:33:33Z",
    "observed_at": "2020-07-08",
    "views": "10",
    "likes": "2",
    "dislikes": "1",
    "comments": "3",
    "shares": None,
    "saves": None,
    "title": "Judul",
}
ROWS = [
    READING | {"post_id": f"v{n % 5}", "observed_at": f"2020-07-{8 + n % 9:02}", "views": str(n)}
    for n in range(40)
]


def events(fields: Mapping[str, Any] | None, **defaults: Any) -> list[dict[str, Any]]:
    """What one row gives, times without an offset being UTC."""
    row = Row(1, None if fields is None else dict(fields), fault="torn")
    found = RowReader(Defaults(**{"zone": UTC} | defaults)).mapped(row).events
    return [orjson.loads(orjson.dumps(event, option=orjson.OPT_UTC_Z)) for event in found]


def script_of(
    *named: tuple[str, Sequence[Mapping[str, Any]]], now: datetime | None = None, **defaults: Any
) -> Script:
    script = Script(Defaults(**{"zone": UTC} | defaults))
    for name, fields in named:
        script.read(Path(name), [Row(number, dict(row)) for number, row in enumerate(fields, 1)], Assumed())
    script.finish(now)
    return script


def read(folder: Path, content: str | bytes, name: str = "file.csv", **defaults: Any) -> Script:
    """A file through the whole of it, up to what would be sent."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    script = Script(Defaults(**defaults))
    script.read_file(opened(path))
    script.finish()
    return script


def sent(script: Script) -> list[bytes]:
    return [line.json for line in script.shifted()]


def sent_events(script: Script) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in sent(script)]


def refused(script: Script) -> list[tuple[str, str]]:
    """Words and place of the first row of each reason."""
    return list(script.refusals.examples.values())


def csv_of(fields: Sequence[Mapping[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(fields[0]))
    writer.writeheader()
    writer.writerows(fields)
    return text.getvalue().encode()
