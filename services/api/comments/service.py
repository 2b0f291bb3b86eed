"""Pages of labelled comments, newest first."""

from dataclasses import dataclass

from pantau.analytics import keyset, models, queries, rows
from pantau.analytics.database import Database
from pantau.analytics.keyset import Place
from pantau.contracts.fields import Label, Platform
from pantau.runtime.clock import Clock
from services.api.http.cache import Answer, Cache
from services.api.http.response import Rendered, render


@dataclass(frozen=True, slots=True)
class Wanted:
    label: Label | None
    account_id: str | None
    before: Place | None
    limit: int


class Comments:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._pages: Cache[Rendered[models.Comments]] = Cache(0.5, 32, clock)

    async def page(self, wanted: Wanted) -> Answer[Rendered[models.Comments]]:
        return await self._pages.get(wanted, lambda: self._read(wanted))

    async def _read(self, wanted: Wanted) -> Rendered[models.Comments]:
        label = wanted.label.value if wanted.label else None
        found = await self._database.ask(
            lambda client: queries.comments(client, label, wanted.account_id, wanted.before, wanted.limit + 1)
        )
        return render(page_of(found, wanted.limit))


def page_of(found: list[rows.Comment], limit: int) -> models.Comments:
    """`found` holds one comment more than the page when there is a next one."""
    shown = found[:limit]
    following = keyset.encode(place_of(shown[-1])) if len(found) > limit else None
    return models.Comments(comments=[_comment(comment) for comment in shown], next=following)


def place_of(comment: rows.Comment) -> Place:
    return Place(
        created_microseconds=keyset.microseconds(comment.created_at),
        account_id=comment.account_id,
        platform=comment.platform,
        post_id=comment.post_id,
        comment_id=comment.comment_id,
    )


def _comment(comment: rows.Comment) -> models.Comment:
    return models.Comment(
        comment_id=comment.comment_id,
        platform=Platform(comment.platform),
        account_id=comment.account_id,
        post_id=comment.post_id or None,
        text=comment.text,
        label=Label(comment.label),
        label_by="human" if comment.corrected else "model",
        model_label=Label(comment.model_label),
        probabilities=models.Probabilities(
            negative=round(comment.negative, 4),
            neutral=round(comment.neutral, 4),
            positive=round(comment.positive, 4),
        ),
        model_version=comment.model_version,
        created_at=comment.created_at,
        labelled_at=comment.labelled_at,
        by_account=comment.by_account,
    )
