"""Everything an endpoint needs, put together once."""

from dataclasses import dataclass
from pathlib import Path

from services.api.access import Access
from services.api.accounts import Accounts
from services.api.boards import Boards
from services.api.comments import Comments
from services.api.corrections import Corrections
from services.api.database import Database
from services.api.overview import Overview
from services.api.page import DIST, Page
from services.api.settings import ApiSettings
from services.api.stream.hub import Hub
from services.rules.rulebook import load_rules
from services.runtime.clock import Clock
from services.runtime.kafka import Publisher
from services.runtime.ops import Readiness

PUBLISH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Parts:
    access: Access
    readiness: Readiness
    clock: Clock
    database: Database
    boards: Boards
    accounts: Accounts
    comments: Comments
    corrections: Corrections
    publisher: Publisher
    overview: Overview
    hub: Hub
    page: Page


def assemble(settings: ApiSettings, readiness: Readiness, clock: Clock, dist: Path = DIST) -> Parts:
    """Nothing is connected yet. Raises RulesError."""
    rules = load_rules(settings.rules_file)
    access = Access(settings.api_keys, settings.label_keys)
    page = Page(access, public=settings.wall_public, dist=dist)
    database = Database(settings.clickhouse_url.get_secret_value(), readiness)
    boards = Boards(database, rules, clock)
    publisher = Publisher(settings.kafka_bootstrap_servers, PUBLISH_SECONDS)
    return Parts(
        access=access,
        readiness=readiness,
        clock=clock,
        database=database,
        boards=boards,
        accounts=Accounts(database, boards, rules, clock),
        comments=Comments(database, clock),
        corrections=Corrections(database, publisher.publish, clock),
        publisher=publisher,
        overview=Overview(database, boards, page.build, clock),
        hub=Hub(clients_limit=settings.stream_clients),
        page=page,
    )
