"""Typed settings from the environment, read once in each service's __main__.

Every fault is reported at once, by the name that the operator typed; a name with the service's prefix that
no setting knows is a fault too, so that a typo does not pass unnoticed.
"""

import os
import re
import sys
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

EXIT_CONFIGURATION = 78  # EX_CONFIG of sysexits.h

_BROKER = re.compile(r"([^\s:/@\[\]]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?", re.ASCII)
S = TypeVar("S", bound="ServiceSettings")


def _split(value: object) -> object:
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


def _long_enough(keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if not keys or any(len(key.get_secret_value()) < 16 for key in keys):
        raise ValueError("give one or more keys of at least 16 characters, separated by commas")
    return keys


def read_brokers(value: str) -> str:
    """As aiokafka and Faust take them. Raises ValueError."""
    if not all(_BROKER.fullmatch(part.strip()) for part in value.split(",")):
        raise ValueError("give host:port of the brokers, separated by commas, such as localhost:9092")
    return ",".join(part.strip() for part in value.split(","))


def _database_url(url: SecretStr) -> SecretStr:
    """The fault names no part of it: there is a password in it."""
    try:
        parts = urlsplit(url.get_secret_value())
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("give http(s)://user:password@host:port/database")
    return url


Brokers = Annotated[str, AfterValidator(read_brokers)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
# Comma-separated secrets: several, so that a key can be changed without an outage.
ApiKeys = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split), AfterValidator(_long_enough)]


class ServiceSettings(BaseSettings):
    """What every service needs. Shared names carry no prefix, so one value serves all services.

    A service's own names are its fields' with its `env_prefix`. `moved`: names of before, what is set now.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    moved: ClassVar[Mapping[str, str]] = {}

    kafka_bootstrap_servers: Brokers = Field(
        "localhost:9092",
        validation_alias="KAFKA_BOOTSTRAP_SERVERS",
        description="Comma-separated host:port of the brokers",
    )
    clickhouse_url: DatabaseUrl = Field(
        SecretStr("http://default@localhost:8123/pantau"),
        validation_alias="CLICKHOUSE_URL",
        description="http(s)://user:password@host:port/database of ClickHouse",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", validation_alias="LOG_LEVEL", description="Least severity logged"
    )
    log_format: Literal["json", "console"] = Field(
        "json", validation_alias="LOG_FORMAT", description="json for machines, console for people"
    )
    metrics_host: str = Field(
        "0.0.0.0",  # noqa: S104 - scraped from outside
        validation_alias="METRICS_HOST",
        description="Address of the operations server",
    )
    metrics_port: int = Field(validation_alias="METRICS_PORT", description="Port of the operations server")


def metrics_port(default: int) -> Any:
    """The field of a service's operations port, which is read from a shared name."""
    return Field(
        default,
        validation_alias="METRICS_PORT",
        description="Port of the operations server: /metrics, /healthz, /readyz",
        ge=1,
        le=65535,
    )


def load(kind: type[S]) -> S:
    """The settings, or exit with code 78 after listing every fault on stderr."""
    known, prefix = variables(kind), kind.model_config["env_prefix"]
    faults = [
        f"{name}: {_unknown(name, kind, known)}"
        for name in sorted(os.environ)
        if prefix and name.startswith(prefix) and name not in known
    ]
    try:
        settings = kind()
    except ValidationError as error:
        faults += [f"{_variable(kind, fault['loc'])}: {fault['msg']}" for fault in error.errors()]
    else:
        if not faults:
            return settings
    raise refusal(faults)


def _unknown(name: str, kind: type[ServiceSettings], known: Mapping[str, str]) -> str:
    if name in kind.moved:
        return f"is {kind.moved[name]} now"
    return f"no such setting (known: {', '.join(sorted(known))})"


def variables(kind: type[ServiceSettings]) -> dict[str, str]:
    """Environment variable name to its description, for checks and documentation."""
    return {_variable(kind, (name,)): field.description or "" for name, field in kind.model_fields.items()}


def _variable(kind: type[ServiceSettings], location: tuple[int | str, ...]) -> str:
    name = str(location[0]) if location else "?"
    field = kind.model_fields.get(name)
    if field is None:
        return name.upper()  # an alias already
    if isinstance(field.validation_alias, str):
        return field.validation_alias
    return f"{kind.model_config['env_prefix']}{name}".upper()


def refusal(faults: list[str]) -> SystemExit:
    """Lists the faults on stderr; raise what it returns to end with code 78."""
    sys.stderr.write("Configuration refused, nothing was started:\n")
    for fault in faults:
        sys.stderr.write(f"  {fault}\n".replace("\n  ", "\n    "))
    return SystemExit(EXIT_CONFIGURATION)
