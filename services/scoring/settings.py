from pathlib import Path
from typing import ClassVar

from pydantic import Field

from pantau.runtime.settings import ServiceSettings, alias


class ScoringSettings(ServiceSettings):
    prefix: ClassVar[str] = "SCORING_"

    metrics_port: int = Field(
        9103, description="Port of the operations server: /metrics, /healthz, /readyz", ge=1, le=65535
    )
    rules_file: Path = Field(
        Path("deploy/scoring/rules.yaml"),
        validation_alias=alias("SCORING_RULES_FILE"),
        description="The versioned scoring rules",
    )
    group: str = Field(
        "scoring",
        validation_alias=alias("SCORING_GROUP"),
        description="Consumer group; also Faust's application id",
    )
    instance: str | None = Field(
        None,
        validation_alias=alias("SCORING_INSTANCE"),
        description="Stable name of this worker, for a restart without a rebalance",
    )
    batch_messages: int = Field(
        1000,
        validation_alias=alias("SCORING_BATCH_MESSAGES"),
        description="Most Kafka messages in one flush",
        ge=1,
        le=10_000,
    )
    batch_milliseconds: int = Field(
        300,
        validation_alias=alias("SCORING_BATCH_MILLISECONDS"),
        description="Longest wait for a batch to fill",
        ge=10,
        le=60_000,
    )
    close_months: bool = Field(
        True,
        validation_alias=alias("SCORING_CLOSE_MONTHS"),
        description="Whether the latest month is made official by itself, 72 hours after its end",
    )
    retry_seconds: float = Field(
        300,
        validation_alias=alias("SCORING_RETRY_SECONDS"),
        description="How long ClickHouse or Kafka may be away before the process exits",
        gt=0,
    )
    stall_seconds: float = Field(
        120,
        validation_alias=alias("SCORING_STALL_SECONDS"),
        description="The watchdog ends the process after this long with lag and without a commit",
        gt=0,
    )
