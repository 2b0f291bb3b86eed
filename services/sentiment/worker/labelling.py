"""Comments in, labelled comments out; the model stands behind a protocol."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from pantau.contracts.events import CommentObserved, LabelledComment, Probabilities
from pantau.contracts.fields import Label
from pantau.runtime import metrics

log = structlog.get_logger(__name__)

HARMLESS = "terima kasih"


class Prediction(Protocol):
    @property
    def label(self) -> str: ...
    @property
    def negative(self) -> float: ...
    @property
    def neutral(self) -> float: ...
    @property
    def positive(self) -> float: ...


class Statistics(Protocol):
    @property
    def cache_hits(self) -> int: ...
    @property
    def tokens(self) -> int: ...
    @property
    def unknown_tokens(self) -> int: ...


class Labeller(Protocol):
    """What the service needs of a model; it is called from one thread at a time."""

    @property
    def version(self) -> str: ...
    @property
    def statistics(self) -> Statistics: ...
    def label(self, texts: Sequence[str]) -> Sequence[Prediction]: ...


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """Stands where a prediction would, for a text on which the model fails."""

    error: str


def texts_to_label(comments: Iterable[CommentObserved]) -> list[str]:
    """Deleted comments have nothing left to read."""
    return [comment.text for comment in comments if not comment.deleted]


def labelled(
    comments: Iterable[CommentObserved],
    predictions: Sequence[Prediction],
    version: str,
    labelled_at: datetime,
) -> list[LabelledComment]:
    """All comments in their order; `predictions` are those of `texts_to_label(comments)`.

    Raises ValueError when there are not exactly as many.
    """
    comments = list(comments)
    if len(predictions) != sum(not comment.deleted for comment in comments):
        raise ValueError("the model gave another number of predictions than it was given texts")
    remaining = iter(predictions)
    return [_labelled(comment, remaining, version, labelled_at) for comment in comments]


def _labelled(
    comment: CommentObserved, remaining: Iterator[Prediction], version: str, labelled_at: datetime
) -> LabelledComment:
    label: Label | None = None
    probabilities: Probabilities | None = None
    if not comment.deleted:
        given = next(remaining)
        label = Label(given.label)
        probabilities = Probabilities(negative=given.negative, neutral=given.neutral, positive=given.positive)
    return LabelledComment(
        **dict(comment),
        label=label,
        probabilities=probabilities,
        model_version=version,
        labelled_at=labelled_at,
    )


def isolated(labeller: Labeller, texts: Sequence[str]) -> list[Prediction | Unlabelled]:
    """One outcome per text: where the model fails is found by halving and does not stop the others.

    Raises what the model raised when it fails on a harmless text too: then the model is at fault, no text.
    """
    try:
        return list(measured(labeller, texts))
    except Exception as error:  # noqa: BLE001 - a model may raise anything; it is raised again or reported
        if len(texts) == 1:
            labeller.label([HARMLESS])
            log.warning("the model failed on a text", error=repr(error), characters=len(texts[0]))
            return [Unlabelled(repr(error))]
    middle = len(texts) // 2
    return isolated(labeller, texts[:middle]) + isolated(labeller, texts[middle:])


def measured(labeller: Labeller, texts: Sequence[str]) -> Sequence[Prediction]:
    """Run the model and count what it did."""
    before = _totals(labeller)
    metrics.INFERENCE_ROWS.observe(len(texts))
    with metrics.INFERENCE_SECONDS.time():
        predictions = labeller.label(texts)
    counters = (metrics.LABEL_CACHE_HITS, metrics.LABEL_TOKENS, metrics.LABEL_UNKNOWN_TOKENS)
    for counter, old, new in zip(counters, before, _totals(labeller), strict=True):
        counter.inc(new - old)
    for prediction in predictions:
        metrics.LABELS.labels(prediction.label).inc()
        metrics.LABEL_CONFIDENCE.observe(max(prediction.negative, prediction.neutral, prediction.positive))
    return predictions


def _totals(labeller: Labeller) -> tuple[int, int, int]:
    totals = labeller.statistics
    return totals.cache_hits, totals.tokens, totals.unknown_tokens
