"""Bytes to events and back. Decoding is strict: what cannot be trusted is refused with a reason."""

from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError

from pantau.contracts.events import (
    MAX_COMMENTS_PER_BATCH,
    AccountRegistered,
    CommentObserved,
    CommentsLabelled,
    Correction,
    Event,
    FlagReviewed,
    FollowersObserved,
    LabelCorrected,
    LabelledComment,
    MetricsObserved,
    PostEvent,
    PostObserved,
)

T = TypeVar("T")

_POST_EVENTS: TypeAdapter[PostObserved | MetricsObserved | FollowersObserved] = TypeAdapter(PostEvent)
_COMMENTS = TypeAdapter(CommentObserved)
_LABELLED = TypeAdapter(CommentsLabelled)
_LABELLED_COMMENT = TypeAdapter(LabelledComment)
_ACCOUNTS = TypeAdapter(AccountRegistered)
_CORRECTIONS: TypeAdapter[LabelCorrected | FlagReviewed] = TypeAdapter(Correction)


class ContractError(ValueError):
    """Bytes that are no event of the expected kind. `reason` is a code, the message says what is wrong."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class BadComment:
    """One comment of a labelled batch that could not be read, with its place and its own bytes."""

    position: int
    payload: bytes
    error: ContractError


def encode(event: Event) -> bytes:
    return event.model_dump_json().encode()


def decode_post_event(payload: bytes) -> PostObserved | MetricsObserved | FollowersObserved:
    return _decode(_POST_EVENTS, payload)


def decode_comment(payload: bytes) -> CommentObserved:
    return _decode(_COMMENTS, payload)


def decode_account(payload: bytes) -> AccountRegistered:
    return _decode(_ACCOUNTS, payload)


def decode_correction(payload: bytes) -> LabelCorrected | FlagReviewed:
    return _decode(_CORRECTIONS, payload)


def decode_labelled(payload: bytes) -> tuple[list[LabelledComment], list[BadComment]]:
    """The good comments and the bad ones. Raises ContractError when the message is broken as a whole."""
    try:
        batch = _LABELLED.validate_json(payload)
    except (ValidationError, UnicodeError):
        return _sift(payload)
    strangers = [c for c in batch.comments if c.account_id != batch.account_id]
    return (list(batch.comments), []) if not strangers else _sift(payload)


def _sift(payload: bytes) -> tuple[list[LabelledComment], list[BadComment]]:
    envelope = _envelope(payload)
    good: list[LabelledComment] = []
    bad: list[BadComment] = []
    for position, item in enumerate(envelope["comments"]):
        own = _written(item)
        try:
            good.append(_member(own, envelope["account_id"]))
        except ContractError as error:
            bad.append(BadComment(position, own, error))
    return good, bad


def _written(item: Any) -> bytes:
    """Raises ContractError: orjson reads what is nested deeper than it writes."""
    try:
        return orjson.dumps(item)
    except TypeError as error:
        raise ContractError("invalid", "comments: nested too deeply") from error


def _member(payload: bytes, account_id: str) -> LabelledComment:
    comment = _decode(_LABELLED_COMMENT, payload)
    if comment.account_id != account_id:
        raise ContractError("invalid", "account_id: differs from the batch's account")
    return comment


def _envelope(payload: bytes) -> dict[str, Any]:
    """Check the batch without its comments: they are checked one by one afterwards."""
    try:
        envelope = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise ContractError("not_json", str(error)) from error
    if not isinstance(envelope, dict):
        raise ContractError("invalid", "a labelled batch is a JSON object")
    if envelope.get("schema_version", 1) != 1:
        raise ContractError("unknown_version", f"schema_version {envelope.get('schema_version')!r} is not 1")
    comments = envelope.get("comments")
    if envelope.get("type") != "comments.labelled" or not isinstance(envelope.get("account_id"), str):
        raise ContractError("invalid", "type or account_id of the batch is missing or wrong")
    if not isinstance(comments, list) or not 0 < len(comments) <= MAX_COMMENTS_PER_BATCH:
        raise ContractError("invalid", f"comments: a list of 1 to {MAX_COMMENTS_PER_BATCH} is needed")
    return envelope


def _decode(adapter: TypeAdapter[T], payload: bytes) -> T:
    try:
        return adapter.validate_json(payload)
    except ValidationError as error:
        raise _contract_error(error) from error
    except UnicodeError as error:  # a lone surrogate that no sink could store
        raise ContractError("invalid", str(error)) from error


def _contract_error(error: ValidationError) -> ContractError:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    if faults[0]["type"] == "json_invalid":
        return ContractError("not_json", faults[0]["msg"])
    if any(fault["loc"] and fault["loc"][-1] == "schema_version" for fault in faults):
        return ContractError("unknown_version", "schema_version: only version 1 is known here")
    lines = (f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in faults[:10])
    return ContractError("invalid", "; ".join(lines))
