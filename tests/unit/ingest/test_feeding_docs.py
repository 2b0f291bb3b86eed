"""What docs/feeding.md shows must work as it stands there."""

import re
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from pantau.contracts.registration import Registration
from services.ingest.events import inbound

TEXT = Path("docs/feeding.md").read_text(encoding="utf-8")
EXAMPLES = [item for body in re.findall(r"-d '(\[.*?\])'", TEXT, re.DOTALL) for item in orjson.loads(body)]
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize("item", EXAMPLES, ids=lambda item: item.get("type", "account"))
def test_examples_are_acceptable(item: dict[str, object]) -> None:
    if "type" in item:
        inbound.read(item, NOW)
    else:
        Registration.model_validate_json(orjson.dumps(item))


def test_every_event_type_has_an_example() -> None:
    assert {item["type"] for item in EXAMPLES if "type" in item} == set(inbound.TYPES)


@pytest.mark.parametrize(
    "model", [inbound.InboundPost, inbound.InboundMetrics, inbound.InboundFollowers, inbound.InboundComment]
)
def test_every_field_is_explained(model: type[inbound.Inbound]) -> None:
    assert [name for name in model.model_fields if name != "type" and f"`{name}`" not in TEXT] == []
