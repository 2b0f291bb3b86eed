"""What the student reads: labelled rows softened by the teachers, comments that only they labelled."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.sentiment.train.corpus import LABELS, Corpus, Row
from services.sentiment.train.recipe import Distillation, Recipe

UNLABELLED = "comments"

Soft = NDArray[np.float64]  # [texts, labels], each row sums to 1


def unlabelled(corpus: Corpus) -> list[str]:
    """Comments that nobody labelled."""
    known = {row.text for row in corpus.train}
    return [text for text in corpus.texts[UNLABELLED] if text not in known]


def mixed(tfidf: Soft, tuned: NDArray[np.float32], plan: Distillation) -> Soft:
    """`tuned` are logits."""
    result: Soft = plan.tfidf_share * tfidf + (1.0 - plan.tfidf_share) * _softmax(tuned.astype(np.float64))
    return result


def softened(rows: Sequence[Row], soft: Soft, recipe: Recipe) -> Soft:
    """Mostly what people said, smoothed; the rest what the teachers say."""
    smoothing, trust = recipe.finetuning.label_smoothing, recipe.distillation.trust
    said = np.eye(len(LABELS))[[row.label for row in rows]]
    smoothed = said * (1.0 - smoothing) + smoothing / len(LABELS)
    result: Soft = (1.0 - trust) * smoothed + trust * soft
    return result


def lesson(corpus: Corpus, labelled: Soft, comments: Soft, plan: Distillation) -> tuple[list[str], Soft]:
    """Texts and targets of one pass: rows, comments, the repeated languages."""
    rows = corpus.train
    again = [index for index, row in enumerate(rows) if row.source in plan.repeated_languages]
    texts = [row.text for row in rows] + unlabelled(corpus) + [rows[index].text for index in again]
    return texts, np.concatenate([labelled, comments, labelled[again]])


def _softmax(scores: Soft) -> Soft:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Soft = powers / powers.sum(axis=1, keepdims=True)
    return shares
