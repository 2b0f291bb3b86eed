"""What all features share, put together once; each builds its own service from it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request

from pantau.analytics.database import Database
from pantau.runtime.clock import Clock
from pantau.runtime.kafka.publisher import Publisher
from pantau.runtime.ops import Readiness
from pantau.score.rules import Rules, load_rules
from services.api.http.access import Access
from services.api.http.serving import Serving
from services.api.http.session import sessions
from services.api.registry import RegistryCache
from services.api.settings import ApiSettings

S = TypeVar("S")

PUBLISH_SECONDS = 5.0
DIST = Path(__file__).parents[2] / "web" / "dist"


@dataclass(frozen=True, slots=True)
class Dependencies:
    settings: ApiSettings
    readiness: Readiness
    clock: Clock
    rules: Rules
    serving: Serving
    access: Access
    database: Database
    publisher: Publisher
    registry: RegistryCache
    dist: Path
    _services: dict[object, Any] = field(init=False, default_factory=dict)

    def service(self, build: "Callable[[Dependencies], S]") -> S:
        """The one service of its kind, built when it is first asked for; `build` is a feature's class."""
        if build not in self._services:
            self._services[build] = build(self)
        found: S = self._services[build]
        return found


def build(settings: ApiSettings, readiness: Readiness, clock: Clock, dist: Path = DIST) -> Dependencies:
    """Nothing is connected yet. Raises RulesError."""
    serving = Serving(settings.path_prefix or "", settings.frame_ancestors)
    session = sessions(settings.session_secret, serving.prefix, settings.port, clock)
    database = Database(settings.clickhouse_url.get_secret_value(), readiness)
    return Dependencies(
        settings=settings,
        readiness=readiness,
        clock=clock,
        rules=load_rules(settings.rules_file),
        serving=serving,
        access=Access(session, settings.keys, settings.label_keys, settings.review_keys),
        database=database,
        publisher=Publisher(settings.kafka_bootstrap_servers, PUBLISH_SECONDS),
        registry=RegistryCache(database, clock),
        dist=dist,
    )


async def _of(request: Request) -> Dependencies:
    dependencies: Dependencies = request.app.state.dependencies
    return dependencies


def given(build: Callable[[Dependencies], S]) -> Any:
    """For a route's parameter: the service that `build` makes."""

    async def find(request: Request) -> S:
        return (await _of(request)).service(build)

    return Depends(find)


Shared = Annotated[Dependencies, Depends(_of)]
