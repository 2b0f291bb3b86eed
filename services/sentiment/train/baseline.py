"""What a BERT has to beat: TF-IDF and logistic regression on the same rows."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from services.sentiment.train.corpus import Corpus, Row

WORDS = r"\S+"


def fitted(rows: Sequence[Row]) -> Pipeline:
    return _pipeline().fit(_texts(rows), _labels(rows))


def baseline(model: Pipeline, corpus: Corpus) -> Mapping[str, NDArray[np.float64]]:
    """Probabilities [rows, 3] for every validation set."""
    return {name: model.predict_proba(_texts(rows)) for name, rows in corpus.validation.items()}


def out_of_fold(rows: Sequence[Row], folds: int, seed: int) -> NDArray[np.float64]:
    """Probabilities [rows, 3], each from a model that has not seen the row."""
    parts = StratifiedKFold(folds, shuffle=True, random_state=seed)
    found: NDArray[np.float64] = cross_val_predict(
        _pipeline(), _texts(rows), _labels(rows), cv=parts, method="predict_proba"
    )
    return found


def _pipeline() -> Pipeline:
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=WORDS),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True),
    )
    return make_pipeline(features, LogisticRegression(C=3.0, class_weight="balanced", max_iter=300))


def _texts(rows: Sequence[Row]) -> list[str]:
    return [row.text for row in rows]


def _labels(rows: Sequence[Row]) -> list[int]:
    return [row.label for row in rows]
