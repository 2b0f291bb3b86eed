"""Everything an endpoint needs, put together once."""

from dataclasses import dataclass
from pathlib import Path

from services.api.access import Access
from services.api.account_metrics import AccountMetrics
from services.api.accounts import Accounts
from services.api.boards import Boards
from services.api.comments import Comments
from services.api.corrections import Corrections
from services.api.database import Database
from services.api.explain import Explain
from services.api.explain_sources import Sources
from services.api.flags import Flags
from services.api.official import Official
from services.api.overview import Overview
from services.api.page import DIST, Page
from services.api.serving import Serving
from services.api.session import sessions
from services.api.settings import ApiSettings
from services.api.stream.hub import Hub
from services.api.stream.waiting import Waiting
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
    official: Official
    accounts: Accounts
    explain: Explain
    account_metrics: AccountMetrics
    comments: Comments
    corrections: Corrections
    flags: Flags
    publisher: Publisher
    overview: Overview
    waiting: Waiting
    hub: Hub
    page: Page
    serving: Serving


def assemble(settings: ApiSettings, readiness: Readiness, clock: Clock, dist: Path = DIST) -> Parts:
    """Nothing is connected yet. Raises RulesError."""
    rules = load_rules(settings.rules_file)
    serving = Serving(settings.path_prefix or "", settings.frame_ancestors)
    session = sessions(settings.session_secret, serving.prefix, settings.port, clock)
    access = Access(session, settings.api_keys, settings.label_keys, settings.review_keys)
    page = Page(access, public=settings.wall_public, prefix=serving.prefix, dist=dist)
    database = Database(settings.clickhouse_url.get_secret_value(), readiness)
    official = Official(database, rules, clock)
    boards = Boards(database, rules, official, clock)
    sources = Sources(database, rules, clock)
    publisher = Publisher(settings.kafka_bootstrap_servers, PUBLISH_SECONDS)
    waiting = Waiting(settings.kafka_bootstrap_servers, database, clock)
    return Parts(
        access=access,
        readiness=readiness,
        clock=clock,
        database=database,
        boards=boards,
        official=official,
        accounts=Accounts(database, boards, rules, clock),
        explain=Explain(database, boards, official, sources, clock),
        account_metrics=AccountMetrics(database, boards, sources, clock),
        comments=Comments(database, clock),
        corrections=Corrections(database, publisher.publish, clock),
        flags=Flags(database, publisher.publish, rules, clock),
        publisher=publisher,
        overview=Overview(database, boards, page.build, lambda: waiting.behind, clock),
        waiting=waiting,
        hub=Hub(clients_limit=settings.stream_clients),
        page=page,
        serving=serving,
    )
