"""Explanations of scores, cached (single-flight, stale-if-error): computed anew from what is stored now."""

from pantau.analytics.explain import queries
from pantau.analytics.explain.explanation import Subject, explanation, listed_posts
from pantau.analytics.explain.models import Explanation
from pantau.analytics.period import Period
from pantau.score.formula import rank_fleet
from services.api.dependencies import Dependencies
from services.api.explain.sources import TTL_SECONDS, Sources
from services.api.http.cache import Answer, Cache
from services.api.http.response import Rendered, render
from services.api.official.service import Official

MOST_ANSWERS = 128


class Explain:
    def __init__(self, shared: Dependencies) -> None:
        self._shared = shared
        self._official = shared.service(Official)
        self._sources = shared.service(Sources)
        self._answers: Cache[Rendered[Explanation]] = Cache(TTL_SECONDS, MOST_ANSWERS, shared.clock)

    async def of(self, account_id: str, period: Period) -> Answer[Rendered[Explanation]]:
        """Of an account that is known."""
        return await self._answers.get((account_id, period), lambda: self._explain(account_id, period))

    async def _explain(self, account_id: str, period: Period) -> Rendered[Explanation]:
        registry = await self._shared.registry.fresh()
        source = await self._sources.fresh(account_id, period)
        subject = Subject(
            account=registry.accounts[account_id],
            known=registry.data_of(account_id),
            period=period,
            source=source,
            now=self._shared.clock(),
            ranking=rank_fleet(source.inputs, self._shared.rules, minimum_posts=source.spans.minimum_posts),
            frozen=await self._official.fresh(period.month) if period.month else None,
        )
        posts = listed_posts(subject)
        texts = await self._shared.database.ask(
            lambda client: queries.read_texts(client, account_id, [one.post_id for one in posts])
        )
        return render(explanation(subject, posts, texts, self._shared.rules))
