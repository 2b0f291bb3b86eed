"""Pages of labelled comments, newest first, cached (single-flight, stale-if-error)."""

from pantau.analytics.comments.models import Comments
from pantau.analytics.comments.queries import CommentsWanted, read_page
from services.api.dependencies import Dependencies
from services.api.http.cache import Answer, Cache
from services.api.http.response import Rendered, render


class CommentPages:
    def __init__(self, shared: Dependencies) -> None:
        self._database = shared.database
        self._pages: Cache[Rendered[Comments]] = Cache(0.5, 32, shared.clock)

    async def page(self, wanted: CommentsWanted) -> Answer[Rendered[Comments]]:
        return await self._pages.get(wanted, lambda: self._read(wanted))

    async def _read(self, wanted: CommentsWanted) -> Rendered[Comments]:
        return render(await self._database.ask(lambda client: read_page(client, wanted)))
