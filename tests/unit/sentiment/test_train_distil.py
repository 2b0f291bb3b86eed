from dataclasses import replace

import numpy as np
import pytest

from services.sentiment.train import distil
from services.sentiment.train.corpus import Corpus, Row
from services.sentiment.train.recipe import Distillation, Recipe

CORPUS = Corpus(
    texts={"comments": ["jalan bagus", "kapan buka?", "tutup"]},
    train=[Row("jalan bagus", 2), Row("rusak", 0, "javanese"), Row("rusak parah", 0, "balinese")],
    validation={},
)
PLAN = Distillation()


def test_only_comments_that_nobody_labelled_are_left_to_the_teachers() -> None:
    assert distil.unlabelled(CORPUS) == ["kapan buka?", "tutup"]


def test_the_tuned_model_has_what_tfidf_leaves() -> None:
    tfidf = np.array([[1.0, 0.0, 0.0]])
    sure = np.array([[0.0, 0.0, 50.0]], dtype=np.float32)
    mixed = distil.mixed(tfidf, sure, replace(PLAN, tfidf_share=0.4))
    assert mixed == pytest.approx(np.array([[0.4, 0.0, 0.6]]))


def test_people_count_for_more_than_teachers() -> None:
    recipe = Recipe()
    targets = distil.softened([Row("rusak", 0)], np.array([[0.0, 0.0, 1.0]]), recipe)
    assert targets.argmax() == 0
    assert targets.sum() == pytest.approx(1.0)
    assert targets[0, 2] == pytest.approx(0.3 + 0.7 * 0.1 / 3)


def test_a_lesson_has_one_target_per_text() -> None:
    labelled, comments = np.full((3, 3), 1 / 3), np.eye(3)[:2]
    texts, targets = distil.lesson(CORPUS, labelled, comments, PLAN)
    assert texts[:5] == ["jalan bagus", "rusak", "rusak parah", "kapan buka?", "tutup"]
    assert texts[5:] == ["rusak"], "the rows of the languages that matter most come twice"
    assert len(texts) == len(targets)
    assert np.array_equal(targets[3:5], comments)
