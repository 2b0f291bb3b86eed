"""The api's settings: API_* and the shared names."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from services.runtime.settings import ApiKeys, ServiceSettings, alias


class ApiSettings(ServiceSettings):
    prefix: ClassVar[str] = "API_"

    metrics_port: int = Field(
        9104, description="Port of the operations server: /metrics, /healthz, /readyz", ge=1, le=65535
    )
    host: str = Field(
        "0.0.0.0",  # noqa: S104 - reached from other machines
        validation_alias=alias("API_HOST"),
        description="Address that the API and the wall are served on",
    )
    port: int = Field(
        8000,
        validation_alias=alias("API_PORT"),
        description="Port that the API and the wall are served on",
        ge=1,
        le=65535,
    )
    api_keys: ApiKeys = Field(
        validation_alias=alias("API_KEYS"),
        description="Secrets that readers present, separated by commas, at least 16 characters each",
    )
    rules_file: Path = Field(
        Path("deploy/scoring/rules.yaml"),
        validation_alias=alias("API_RULES_FILE"),
        description="The versioned scoring rules; the same file as the scoring service's",
    )
    wall_public: bool = Field(
        True,
        validation_alias=alias("API_WALL_PUBLIC"),
        description="Whether /wall opens without an API key; false: it needs the key too",
    )
    stream_clients: int = Field(
        200,
        validation_alias=alias("API_STREAM_CLIENTS"),
        description="Event streams open at once; one more is answered with 503",
        ge=1,
        le=10_000,
    )
