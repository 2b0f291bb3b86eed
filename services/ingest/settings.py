"""Settings of the ingest service."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from pantau.reading.zones import DEFAULT_ZONE, known_zone
from pantau.runtime.settings import ApiKeys, ServiceSettings, metrics_port


def _hard_to_guess(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < 32:
        raise ValueError("give a secret of at least 32 characters, and never change it")
    return key


class IngestSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="INGEST_")

    metrics_port: int = metrics_port(9101)
    host: str = Field(
        "0.0.0.0",  # noqa: S104 - reached from other machines
        description="Address that events are received on",
    )
    port: int = Field(
        8001,
        description="Port that events are received on",
        ge=1,
        le=65535,
    )
    api_keys: ApiKeys = Field(
        description="Secrets that senders present, separated by commas, at least 16 characters each",
    )
    pseudonym_key: Annotated[SecretStr, AfterValidator(_hard_to_guess)] = Field(
        description="Secret that turns commenters' ids into pseudonyms, at least 32 characters; "
        "a new one breaks the link to earlier comments",
    )
    accounts_file: Path = Field(
        Path("deploy/accounts.yaml"),
        description="The accounts to watch from the start",
    )
    max_body_bytes: int = Field(
        8 * 1024 * 1024,
        description="Largest request body, also after unpacking gzip; more is refused with 413",
        ge=1024,
        le=64 * 1024 * 1024,
    )
    publish_timeout_seconds: float = Field(
        5.0,
        description="How long a request waits for Kafka before it is answered with 503",
        gt=0,
        le=60,
    )
    read_timeout_seconds: float = Field(
        30.0,
        description="How long a sender may take to send a request's body before it is answered with 408",
        gt=0,
        le=600,
    )
    max_requests_in_flight: int = Field(
        32,
        description="Requests worked on at once; one more is answered with 503",
        ge=1,
        le=1024,
    )
    # Read by replay and demo; known here so that one environment can serve all three.
    url: str | None = Field(
        None,
        description="Where replay and demo send events to; the service itself does not use it",
    )
    api_key: SecretStr | None = Field(
        None,
        description="The key that replay and demo present; the service itself does not use it",
    )
    zone: Annotated[str, AfterValidator(known_zone)] = Field(
        DEFAULT_ZONE,
        description="The zone of times without an offset in files that replay reads; "
        "the service itself does not use it",
    )
