"""Inbound to contract: commenters become pseudonyms, texts lose personal data, we say when we got it."""

from datetime import datetime

from pantau.contracts.events import CommentObserved, FollowersObserved, MetricsObserved, PostObserved
from pantau.contracts.fields import MAX_COMMENT_CHARACTERS, MAX_POST_CHARACTERS
from pantau.masking.text import mask
from services.ingest.events.inbound import AnyInbound, InboundComment, InboundMetrics, InboundPost
from services.ingest.events.pseudonym import pseudonym

AnyObserved = PostObserved | MetricsObserved | FollowersObserved | CommentObserved


def normalise(event: AnyInbound, received_at: datetime, pseudonym_key: bytes) -> AnyObserved:
    if isinstance(event, InboundComment):
        return _comment(event, received_at, pseudonym_key)
    if isinstance(event, InboundPost):
        return _post(event, received_at)
    fields = event.model_dump() | {"received_at": received_at}
    if isinstance(event, InboundMetrics):
        return MetricsObserved.model_validate(fields | _hidden(event))
    return FollowersObserved.model_validate(fields)


def _hidden(event: InboundMetrics) -> dict[str, None]:
    """A hidden counter shows a number that means nothing."""
    hidden = {"likes": event.likes_hidden, "comments": event.comments_hidden}
    return dict.fromkeys(name for name, is_hidden in hidden.items() if is_hidden)


def _post(event: InboundPost, received_at: datetime) -> PostObserved:
    return PostObserved.model_validate(
        event.model_dump()
        | {
            "received_at": received_at,
            "observed_at": event.observed_at or event.published_at,
            # Placeholders can be longer than what they replace, so the limit is applied again.
            "text": mask(event.text)[:MAX_POST_CHARACTERS],
        }
    )


def _comment(event: InboundComment, received_at: datetime, pseudonym_key: bytes) -> CommentObserved:
    author = event.author_id and pseudonym(pseudonym_key, event.platform.value, event.author_id)
    return CommentObserved.model_validate(
        event.model_dump(exclude={"author_id"})
        | {
            "received_at": received_at,
            "observed_at": event.observed_at or event.created_at,
            "author": author,
            "text": mask(event.text or "")[:MAX_COMMENT_CHARACTERS],
        }
    )
