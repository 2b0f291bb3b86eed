"""What a BERT has to beat: TF-IDF and logistic regression on the same rows."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from services.sentiment.train.corpus import Corpus, Row

WORDS = r"\S+"


def baseline(corpus: Corpus) -> Mapping[str, NDArray[np.float64]]:
    """Probabilities [rows, 3] for every validation set."""
    model = _pipeline()
    model.fit(_texts(corpus.train), [row.label for row in corpus.train])
    return {name: model.predict_proba(_texts(rows)) for name, rows in corpus.validation.items()}


def _pipeline() -> Pipeline:
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=WORDS),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True),
    )
    return make_pipeline(features, LogisticRegression(C=3.0, class_weight="balanced", max_iter=300))


def _texts(rows: Sequence[Row]) -> list[str]:
    return [row.text for row in rows]
