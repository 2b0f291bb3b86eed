"""Everything an endpoint needs, put together once."""

from dataclasses import dataclass
from pathlib import Path

from pantau.analytics.database import Database
from pantau.runtime.clock import Clock
from pantau.runtime.kafka.publisher import Publisher
from pantau.runtime.ops import Readiness
from pantau.score.rules import load_rules
from services.api.accounts.explain import Explain
from services.api.accounts.explain_sources import Sources
from services.api.accounts.metrics import AccountMetrics
from services.api.accounts.service import Accounts
from services.api.comments.service import Comments
from services.api.corrections.service import Corrections
from services.api.flags.service import Flags
from services.api.http.access import Access
from services.api.http.pages import DIST, Page
from services.api.http.serving import Serving
from services.api.http.session import sessions
from services.api.official.service import Official
from services.api.overview.service import Overview
from services.api.scores.boards import Boards
from services.api.settings import ApiSettings
from services.api.stream.hub import Hub
from services.api.stream.waiting import Waiting

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
    access = Access(session, settings.keys, settings.label_keys, settings.review_keys)
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
