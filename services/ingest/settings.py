"""Settings of the ingest service."""

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, SecretStr

from pantau.reading.zones import DEFAULT_ZONE, known_zone
from pantau.runtime.settings import ApiKeys, ServiceSettings, alias


def _hard_to_guess(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < 32:
        raise ValueError("give a secret of at least 32 characters, and never change it")
    return key


class IngestSettings(ServiceSettings):
    prefix: ClassVar[str] = "INGEST_"

    metrics_port: int = Field(
        9101, description="Port of the operations server: /metrics, /healthz, /readyz", ge=1, le=65535
    )
    host: str = Field(
        "0.0.0.0",  # noqa: S104 - reached from other machines
        validation_alias=alias("INGEST_HOST"),
        description="Address that events are received on",
    )
    port: int = Field(
        8001,
        validation_alias=alias("INGEST_PORT"),
        description="Port that events are received on",
        ge=1,
        le=65535,
    )
    api_keys: ApiKeys = Field(
        validation_alias=alias("INGEST_API_KEYS"),
        description="Secrets that senders present, separated by commas, at least 16 characters each",
    )
    pseudonym_key: Annotated[SecretStr, AfterValidator(_hard_to_guess)] = Field(
        validation_alias=alias("INGEST_PSEUDONYM_KEY"),
        description="Secret that turns commenters' ids into pseudonyms, at least 32 characters; "
        "a new one breaks the link to earlier comments",
    )
    accounts_file: Path = Field(
        Path("deploy/accounts.yaml"),
        validation_alias=alias("INGEST_ACCOUNTS_FILE"),
        description="The accounts to watch from the start",
    )
    max_body_bytes: int = Field(
        8 * 1024 * 1024,
        validation_alias=alias("INGEST_MAX_BODY_BYTES"),
        description="Largest request body, also after unpacking gzip; more is refused with 413",
        ge=1024,
        le=64 * 1024 * 1024,
    )
    publish_timeout_seconds: float = Field(
        5.0,
        validation_alias=alias("INGEST_PUBLISH_TIMEOUT_SECONDS"),
        description="How long a request waits for Kafka before it is answered with 503",
        gt=0,
        le=60,
    )
    read_timeout_seconds: float = Field(
        30.0,
        validation_alias=alias("INGEST_READ_TIMEOUT_SECONDS"),
        description="How long a sender may take to send a request's body before it is answered with 408",
        gt=0,
        le=600,
    )
    max_requests_in_flight: int = Field(
        32,
        validation_alias=alias("INGEST_MAX_REQUESTS_IN_FLIGHT"),
        description="Requests worked on at once; one more is answered with 503",
        ge=1,
        le=1024,
    )
    # Read by replay and demo; known here so that one environment can serve all three.
    client_url: str | None = Field(
        None,
        validation_alias=alias("INGEST_URL"),
        description="Where replay and demo send events to; the service itself does not use it",
    )
    client_api_key: SecretStr | None = Field(
        None,
        validation_alias=alias("INGEST_API_KEY"),
        description="The key that replay and demo present; the service itself does not use it",
    )
    client_zone: Annotated[str, AfterValidator(known_zone)] = Field(
        DEFAULT_ZONE,
        validation_alias=alias("INGEST_ZONE"),
        description="The zone of times without an offset in files that replay reads; "
        "the service itself does not use it",
    )
