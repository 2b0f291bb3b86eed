"""The api's settings: API_* and the shared names."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode, SettingsConfigDict

from pantau.runtime.settings import ApiKeys, ServiceSettings, metrics_port
from services.api.http.serving import FrameAncestors, PathPrefix

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")  # of pantau.contracts.fields.KeyName
_SHORTEST_KEY = 16
_SHORTEST_SECRET = 32


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A key that may write; its name stands in the audit trail."""

    name: str
    secret: SecretStr


def _named_keys(value: object) -> object:
    if not isinstance(value, str):
        return value
    pairs = [part.strip().partition(":") for part in value.split(",") if part.strip()]
    if any(not _NAME.fullmatch(name) or len(key) < _SHORTEST_KEY for name, _, key in pairs):
        raise ValueError(
            "give name:key pairs separated by commas; names of lower-case letters, digits, dots and dashes, "
            "keys of at least 16 characters"
        )
    if len({key for *_, key in pairs}) < len(pairs):
        raise ValueError("two names have the same key; the audit trail could not tell them apart")
    return tuple(NamedKey(name, SecretStr(key)) for name, _, key in pairs)


def _long_secret(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < _SHORTEST_SECRET:
        raise ValueError("give at least 32 characters, such as `openssl rand -hex 32` makes")
    return secret


SessionSecret = Annotated[SecretStr, AfterValidator(_long_secret)]
NamedKeys = Annotated[tuple[NamedKey, ...], NoDecode, BeforeValidator(_named_keys)]


class ApiSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="API_")

    metrics_port: int = metrics_port(9104)
    host: str = Field(
        "0.0.0.0",  # noqa: S104 - reached from other machines
        description="Address that the API and the wall are served on",
    )
    port: int = Field(
        8000,
        description="Port that the API and the wall are served on",
        ge=1,
        le=65535,
    )
    keys: ApiKeys = Field(
        description="Secrets that readers present, separated by commas, at least 16 characters each",
    )
    label_keys: NamedKeys = Field(
        default_factory=tuple,
        description="Secrets with the scope label:write, as name:key pairs separated by commas",
    )
    review_keys: NamedKeys = Field(
        default_factory=tuple,
        description="Secrets with the scope flag:review, as name:key pairs separated by commas",
    )
    session_secret: SessionSecret | None = Field(
        None,
        description="At least 32 characters, the same for all api processes; unset: made at start",
    )
    path_prefix: PathPrefix | None = Field(
        None,
        description="Path that everything is served under, such as /pantau; a proxy may take it off",
    )
    frame_ancestors: FrameAncestors = Field(
        "none",
        validate_default=True,
        description="Who may show the pages in a frame: none, self, or origins separated by spaces",
    )
    rules_file: Path = Field(
        Path("deploy/scoring/rules.yaml"),
        description="The versioned scoring rules; the same file as the scoring service's",
    )
    wall_public: bool = Field(
        True,
        description="Whether /wall opens without an API key; false: it needs the key too",
    )
    stream_clients: int = Field(
        200,
        description="Event streams open at once; one more is answered with 503",
        ge=1,
        le=10_000,
    )
