"""The jobs service's settings: JOBS_* and the shared names."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from pantau.runtime.settings import ServiceSettings, metrics_port


class JobsSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="JOBS_")

    metrics_port: int = metrics_port(9105)
    close_months: bool = Field(
        True,
        description="Whether the latest month is made official by itself once it is mature",
    )
    rules_file: Path = Field(
        Path("deploy/scoring/rules.yaml"),
        description="The versioned scoring rules that a month is closed with; the same file as scoring's",
    )
    scoring_group: str = Field(
        "scoring",
        description="Consumer group of scoring: while messages wait for it, no month is closed",
        min_length=1,
    )
    retry_seconds: float = Field(
        300,
        description="How long ClickHouse or Kafka may be away at the start before the process exits",
        gt=0,
    )
