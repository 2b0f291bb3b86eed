"""What belongs together: arrivals to batches, labelled comments to messages."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pantau.contracts.codec import ContractError, decode_comment
from pantau.contracts.events import CommentObserved, CommentsLabelled, LabelledComment
from pantau.runtime.dead_letters import Origin
from pantau.runtime.errors import RetryableError

MAX_COMMENTS_PER_MESSAGE = 200
MAX_MESSAGE_BYTES = 512 * 1024
ENVELOPE_BYTES = 1024  # type, version and account id around the comments

Poll = Callable[[float, int], Awaitable[Sequence["Arrival"]]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One record as it came. Its bytes are empty when the record had no value."""

    origin: Origin
    payload: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    arrivals: tuple[Arrival, ...]
    opened_seconds: float  # monotonic, when the first record was there


@dataclass(frozen=True, slots=True)
class Limits:
    comments: int
    seconds: float
    bytes: int = 8 * 1024 * 1024
    idle_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Refused:
    arrival: Arrival
    error: ContractError


async def gather(poll: Poll, limits: Limits, now: Callable[[], float]) -> Batch:
    """Everything that arrives until a limit is met: comments, bytes, or seconds after the first arrival.

    `poll(seconds, most)` waits at most so long for at most so many. Empty after `idle_seconds` of quiet.
    """
    arrivals = list(await poll(limits.idle_seconds, limits.comments))
    opened = now()
    while 0 < len(arrivals) < limits.comments and _size(arrivals) < limits.bytes:
        left = opened + limits.seconds - now()
        if left <= 0:
            break
        try:
            arrivals += await poll(left, limits.comments - len(arrivals))
        except RetryableError:
            break  # what was already handed out would be lost with the error; the next poll meets it again
    return Batch(tuple(arrivals), opened)


def decode(arrivals: Iterable[Arrival]) -> tuple[list[CommentObserved], list[Refused]]:
    comments: list[CommentObserved] = []
    refused: list[Refused] = []
    for arrival in arrivals:
        try:
            comments.append(decode_comment(arrival.payload))
        except ContractError as error:
            refused.append(Refused(arrival, error))
    return comments, refused


def by_account(
    comments: Iterable[LabelledComment],
    most_comments: int = MAX_COMMENTS_PER_MESSAGE,
    most_bytes: int = MAX_MESSAGE_BYTES,
) -> list[CommentsLabelled]:
    """One message an account, or several where one would grow too large; each account's order is kept."""
    accounts: dict[str, list[LabelledComment]] = {}
    for comment in comments:
        accounts.setdefault(comment.account_id, []).append(comment)
    return [
        CommentsLabelled(account_id=account_id, comments=tuple(part))
        for account_id, whole in accounts.items()
        for part in _parts(whole, most_comments, most_bytes - ENVELOPE_BYTES)
    ]


def next_offsets(arrivals: Iterable[Arrival]) -> dict[int, int]:
    """Partition to the offset to go on from once all of these are done."""
    offsets: dict[int, int] = {}
    for arrival in arrivals:
        origin = arrival.origin
        offsets[origin.partition] = max(offsets.get(origin.partition, 0), origin.offset + 1)
    return offsets


def _parts(
    comments: Iterable[LabelledComment], most_comments: int, most_bytes: int
) -> Iterator[list[LabelledComment]]:
    part: list[LabelledComment] = []
    room = most_bytes
    for comment in comments:
        size = len(comment.model_dump_json().encode()) + 1  # and the comma
        if part and (len(part) == most_comments or size > room):
            yield part
            part, room = [], most_bytes
        part.append(comment)
        room -= size
    if part:
        yield part


def _size(arrivals: Iterable[Arrival]) -> int:
    return sum(len(arrival.payload) for arrival in arrivals)
