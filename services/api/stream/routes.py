"""Changes as server-sent events."""

from typing import Annotated

from fastapi import Header, Query, Response

from pantau.runtime.http import Problem
from services.api.dependencies import Shared, given
from services.api.http import routers
from services.api.http.problems import documented
from services.api.http.response import RETRY_AFTER_SECONDS
from services.api.stream.response import EventStream
from services.api.stream.service import Stream

router = routers.for_pages("stream")

EVENT_STREAM = """\
retry: 3000

event: score
data: {"account_id":"dinkes","window":"24h","period":"","score":87.4,"rank":1,"parts":{}}
id: 5f0c1e9a-1042

event: pulse
data: {"at":"2026-11-21T12:00:32Z"}

event: status
data: {"newest_received_at":"2026-11-21T12:00:30Z","clocks_ahead":[],"behind":[],"now":"2026-11-21T12:00:33Z"}

: keep-alive
"""


@router.get(
    "/stream",
    summary="Changes as server-sent events",
    response_class=Response,
    responses={
        **documented(422),
        200: {
            "description": "Events score, pulse, status and reset",
            "content": {"text/event-stream": {"schema": {"type": "string"}, "example": EVENT_STREAM}},
        },
    },
)
async def stream(
    shared: Shared,
    service: Annotated[Stream, given(Stream)],
    resumed: Annotated[str, Header(alias="Last-Event-ID", description="Where to go on")] = "",
    last_event_id: Annotated[str, Query(description="The same, for readers that cannot set headers")] = "",
) -> Response:
    """`score`: one changed score. `pulse`: the pulse may have moved. `status`: every 5 s, as /v1/status.
    `reset`: what came after the given id is not known any more; read everything anew.

    Only `score` has an id. A reader that falls far behind is disconnected and may come back with its last id.
    """
    if not service.hub.takes_more:
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        raise Problem(503, "too many streams are open, or the service is stopping", headers=headers)
    first = await service.first_event()
    return EventStream(service.hub, resumed or last_event_id, first, shared.clock)
