"""The reading endpoints. Thin: parameters in, a cached answer out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.sse import format_sse_event
from pydantic import Field

from pantau.analytics import examples, keyset, models
from pantau.contracts.fields import AccountId, Label
from pantau.runtime.errors import RetryableError
from pantau.runtime.http import Problem
from services.api.comments.service import Wanted
from services.api.dependencies import Parts
from services.api.http import cursor
from services.api.http.access import key_holder, reader
from services.api.http.period import Asked, PeriodAsked, period
from services.api.http.problems import documented
from services.api.http.response import RETRY_AFTER_SECONDS, respond
from services.api.stream.response import EventStream

# What a page may read is also listed in access.PAGE_READS; everything else is for keys.
for_pages = APIRouter(prefix="/v1", dependencies=[Depends(reader)], responses=documented(401, 503))
for_keys = APIRouter(prefix="/v1", dependencies=[Depends(key_holder)], responses=documented(401, 503))


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


PartsGiven = Annotated[Parts, Depends(_parts)]


class CommentsAsked(Asked):
    label: Label | None = None
    account: AccountId | None = None
    limit: int = Field(50, ge=1, le=200)
    before: str | None = Field(
        None, max_length=keyset.MAX_CHARACTERS, description="`next` of the page before"
    )


class PulseAsked(Asked):
    minutes: int = Field(60, ge=1, le=1440, description="How many minutes, the running one included")


@for_pages.get(
    "/scores",
    tags=["scores"],
    summary="Ranking of all active accounts",
    response_model=models.Scores,
    responses=documented(422),
)
async def scores(parts: PartsGiven, asked: Annotated[PeriodAsked, Query()]) -> Response:
    """Live in a sliding window, at a past instant, or of a calendar month.

    While ClickHouse is away the last good answer is given, with `stale_since` and the header `Age`.
    """
    now = parts.clock()
    wanted = period(asked, now)
    if wanted.month is not None:
        return respond(await parts.boards.month(wanted.month), now)
    if wanted.at is None:
        return respond(await parts.boards.live(wanted.window), now)
    return respond(await parts.boards.past(wanted.window, wanted.at), now)


@for_keys.get(
    "/accounts", tags=["accounts"], summary="All registered accounts", response_model=models.Accounts
)
async def accounts(parts: PartsGiven) -> Response:
    return respond(await parts.accounts.all(), parts.clock())


@for_pages.get(
    "/accounts/{account_id:path}",
    tags=["accounts"],
    summary="One account: scores in every window, followers, course of the last day",
    response_model=models.AccountDetail,
    responses=documented(404, 422),
)
async def account(parts: PartsGiven, account_id: Annotated[str, Path(examples=["dinkes"])]) -> Response:
    await known_account(parts, account_id)
    return respond(await parts.accounts.detail(account_id), parts.clock())


@for_keys.get(
    "/comments",
    tags=["comments"],
    summary="Labelled comments, newest first",
    response_model=models.Comments,
    responses=documented(404, 422),
)
async def comments(parts: PartsGiven, asked: Annotated[CommentsAsked, Query()]) -> Response:
    """Texts are masked, authors are never given. Deleted comments are left out."""
    if asked.account is not None:
        await known_account(parts, asked.account)
    before = cursor.after(asked.before)
    wanted = Wanted(asked.label, asked.account, before, asked.limit)
    return respond(await parts.comments.page(wanted), parts.clock())


@for_pages.get(
    "/pulse",
    tags=["pulse"],
    summary="Comments a minute by sentiment, rising negatives, speed of replies",
    response_model=models.Pulse,
    responses=documented(422),
)
async def pulse(parts: PartsGiven, asked: Annotated[PulseAsked, Query()]) -> Response:
    """Minutes are those in which comments were written.

    An account is listed as rising when it got at least 10 negative comments in the last 60 minutes, more than
    in an average hour of the 24 hours before, and they are a greater share of its comments than then.
    """
    return respond(await parts.overview.pulse(asked.minutes), parts.clock())


@for_pages.get("/status", tags=["status"], summary="How current everything is", response_model=models.Status)
async def status(parts: PartsGiven) -> Response:
    return respond(await parts.overview.status(), parts.clock())


@for_pages.get(
    "/stream",
    tags=["stream"],
    summary="Changes as server-sent events",
    response_class=Response,
    responses={
        **documented(422),
        200: {
            "description": "Events score, pulse, status and reset",
            "content": {
                "text/event-stream": {"schema": {"type": "string"}, "example": examples.EVENT_STREAM}
            },
        },
    },
)
async def stream(
    parts: PartsGiven,
    resumed: Annotated[str, Header(alias="Last-Event-ID", description="Where to go on")] = "",
    last_event_id: Annotated[str, Query(description="The same, for readers that cannot set headers")] = "",
) -> Response:
    """`score`: one changed score. `pulse`: the pulse may have moved. `status`: every 5 s, as /v1/status.
    `reset`: what came after the given id is not known any more; read everything anew.

    Only `score` has an id. A reader that falls far behind is disconnected and may come back with its last id.
    """
    if not parts.hub.takes_more:
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        raise Problem(503, "too many streams are open, or the service is stopping", headers=headers)
    try:
        first = format_sse_event(event="status", data_str=await parts.overview.status_event())
    except RetryableError:
        first = b""  # nothing was ever read; the stream brings the status once it is known
    return EventStream(parts.hub, resumed or last_event_id, first, parts.clock)


async def known_account(parts: Parts, account_id: str) -> None:
    if not await parts.accounts.knows(account_id):
        raise Problem(404, f"no account {account_id!r}; GET /v1/accounts lists all")
