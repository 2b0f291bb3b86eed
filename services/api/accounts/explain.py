"""Why an account has the score it has: computed anew, in one go, from what is stored now."""

from pantau.analytics.database import Database
from pantau.analytics.explain import queries
from pantau.analytics.explain.explanation import Subject, explanation, listed_posts
from pantau.analytics.explain.models import Explanation
from pantau.analytics.period import Period
from pantau.runtime.clock import Clock
from pantau.score.formula import rank_fleet
from services.api.accounts.explain_sources import Sources
from services.api.http.cache import Answer, Cache
from services.api.http.response import Rendered, render
from services.api.official.service import Official
from services.api.scores.boards import TTL_SECONDS, Boards

MOST_ANSWERS = 128


class Explain:
    def __init__(
        self, database: Database, boards: Boards, official: Official, sources: Sources, clock: Clock
    ) -> None:
        self._database = database
        self._boards = boards
        self._official = official
        self._sources = sources
        self._clock = clock
        self._answers: Cache[Rendered[Explanation]] = Cache(TTL_SECONDS, MOST_ANSWERS, clock)

    async def of(self, account_id: str, period: Period) -> Answer[Rendered[Explanation]]:
        """Of an account that is known."""
        return await self._answers.get((account_id, period), lambda: self._explain(account_id, period))

    async def _explain(self, account_id: str, period: Period) -> Rendered[Explanation]:
        registry = await self._boards.fresh_registry()
        source = await self._sources.fresh(account_id, period)
        spans, rules = source.spans, self._sources.rules
        subject = Subject(
            account=registry.accounts[account_id],
            known=registry.data_of(account_id),
            period=period,
            at=spans.at,
            span=spans.whole,
            now=self._clock(),
            inputs=source.inputs,
            ranking=rank_fleet(source.inputs, rules, minimum_posts=spans.minimum_posts),
            own=source.own,
            frozen=await self._official.fresh(period.month) if period.month else None,
        )
        posts = listed_posts(subject)
        texts = await self._database.ask(
            lambda client: queries.read_texts(client, account_id, [one.post_id for one in posts])
        )
        return render(explanation(subject, posts, texts, rules))
