from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from pantau.runtime.settings import ServiceSettings, metrics_port


class ScoringSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SCORING_")
    moved: ClassVar[Mapping[str, str]] = {"SCORING_CLOSE_MONTHS": "JOBS_CLOSE_MONTHS of the jobs service"}

    metrics_port: int = metrics_port(9103)
    rules_file: Path = Field(
        Path("deploy/scoring/rules.yaml"),
        description="The versioned scoring rules",
    )
    group: str = Field(
        "scoring",
        description="Consumer group; also Faust's application id",
    )
    instance: str | None = Field(
        None,
        description="Stable name of this worker, for a restart without a rebalance",
    )
    batch_messages: int = Field(
        1000,
        description="Most Kafka messages in one flush",
        ge=1,
        le=10_000,
    )
    batch_milliseconds: int = Field(
        300,
        description="Longest wait for a batch to fill",
        ge=10,
        le=60_000,
    )
    retry_seconds: float = Field(
        300,
        description="How long ClickHouse or Kafka may be away before the process exits",
        gt=0,
    )
    stall_seconds: float = Field(
        120,
        description="The watchdog ends the process after this long with lag and without a commit",
        gt=0,
    )
