"""Who listens where, and what each process of the stack is told about the others."""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.local.keys import LocalKeys
from deploy.local.ports import LOOPBACK

SERVICES = ("ingest", "sentiment", "scoring", "api", "jobs")
PREFERRED_PORTS = {
    "kafka": 9092,
    "kafka controller": 9093,
    "clickhouse": 8123,
    "api": 8000,
    "ingest": 8001,
    "ingest operations": 9101,
    "sentiment operations": 9102,
    "scoring operations": 9103,
    "api operations": 9104,
    "jobs operations": 9105,
}
DESK = "lokal"
PREFIXES = tuple(f"{name.upper()}_" for name in SERVICES)
SHARED_PREFIXES = ("KAFKA_", "CLICKHOUSE_", "METRICS_")


@dataclass(frozen=True, slots=True)
class Plan:
    ports: Mapping[str, int]
    keys: LocalKeys

    @property
    def kafka(self) -> str:
        return f"{LOOPBACK}:{self.ports['kafka']}"

    @property
    def clickhouse(self) -> str:
        return f"http://default@{LOOPBACK}:{self.ports['clickhouse']}/pantau"

    def http(self, name: str) -> str:
        return f"http://{LOOPBACK}:{self.ports[name]}"

    def operations(self, service: str) -> str:
        return self.http(f"{service} operations")

    def of_service(self, service: str, environ: Mapping[str, str]) -> dict[str, str]:
        """The person's own settings of this service hold, save those that join the parts together."""
        prefix = f"{service.upper()}_"
        own = {name: value for name, value in environ.items() if name.startswith(prefix)}
        joined = {
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka,
            "CLICKHOUSE_URL": self.clickhouse,
            "METRICS_HOST": LOOPBACK,
            "METRICS_PORT": str(self.ports[f"{service} operations"]),
        }
        return inherited(environ) | own | joined | self.http_settings().get(service, {})

    def http_settings(self) -> dict[str, dict[str, str]]:
        ingest = {
            "INGEST_HOST": LOOPBACK,
            "INGEST_PORT": str(self.ports["ingest"]),
            "INGEST_API_KEYS": self.keys.ingest_key,
            "INGEST_PSEUDONYM_KEY": self.keys.pseudonym_key,
        }
        api = {
            "API_HOST": LOOPBACK,
            "API_PORT": str(self.ports["api"]),
            "API_KEYS": self.keys.api_key,
            "API_LABEL_KEYS": f"{DESK}:{self.keys.api_key}",  # one person's machine: one key for all
            "API_REVIEW_KEYS": f"{DESK}:{self.keys.api_key}",
            "API_SESSION_SECRET": self.keys.session_secret,
        }
        return {"ingest": ingest, "api": api}

    def of_feed(self, environ: Mapping[str, str]) -> dict[str, str]:
        return inherited(environ) | {
            "INGEST_URL": self.http("ingest"),
            "INGEST_API_KEY": self.keys.ingest_key,
        }

    def for_tools(self) -> dict[str, str]:
        """What `.local/stack.json` tells other programs while the stack runs."""
        return {
            "ingest_url": self.http("ingest"),
            "api_url": self.http("api"),
            "kafka": self.kafka,
            "clickhouse_url": self.clickhouse,
            "ingest_key": self.keys.ingest_key,
            "api_key": self.keys.api_key,
        }


def inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without the settings of any service: each refuses names that it does not know."""
    kept = {name: value for name, value in environ.items() if not name.startswith(PREFIXES + SHARED_PREFIXES)}
    return {"LOG_FORMAT": "console"} | kept | {"PYTHONUNBUFFERED": "1"}
