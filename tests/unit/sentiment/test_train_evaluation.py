import numpy as np
import pytest

from services.sentiment.train.evaluation import KEPT_SHARES, abstention, evaluation, markdown, reliability

GIVEN = [0, 1, 2, 2]
PROBABILITIES = np.array([[0.9, 0.05, 0.05], [0.1, 0.8, 0.1], [0.2, 0.1, 0.7], [0.5, 0.1, 0.4]])


def test_the_least_confident_texts_are_left_to_people_first() -> None:
    curve = abstention(GIVEN, PROBABILITIES)
    assert [kept.share for kept in curve] == list(KEPT_SHARES)
    assert curve[0].accuracy == 0.75
    at_70 = next(kept for kept in curve if kept.share == 0.7)
    assert (at_70.accuracy, at_70.macro_f1, at_70.least_confidence) == (1.0, 1.0, 0.7)


def test_one_row_is_enough_for_a_curve() -> None:
    assert {kept.accuracy for kept in abstention([0], PROBABILITIES[:1])} == {1.0}


def test_bins_hold_every_row_once() -> None:
    bins = reliability(GIVEN, PROBABILITIES)
    assert sum(part.rows for part in bins) == len(GIVEN)
    assert bins[0].confidence == 0.5
    assert bins[0].accuracy == 0.0


def test_a_calibrated_model_lies_on_the_diagonal() -> None:
    given = [0] * 6 + [1] * 4
    probabilities = np.array([[0.6, 0.3, 0.1]] * 10)
    (only,) = reliability(given, probabilities)
    assert only.accuracy == pytest.approx(only.confidence)
    assert evaluation(given, probabilities, probabilities).quality.calibration_error == pytest.approx(0)


def test_the_report_names_every_figure_a_reader_needs() -> None:
    result = evaluation(GIVEN, PROBABILITIES, PROBABILITIES)
    report = markdown("uji", result, "evaluation.png")
    assert "# Evaluation of uji" in report
    assert "macro-F1 0.778" in report
    assert "(evaluation.png)" in report
    assert "| negative | 0.500 | 1.000 | 0.667 | 1 |" in report
    assert "| positive | 1 | 0 | 1 |" in report
    assert "| 100% | 0.50 | 0.750 | 0.778 |" in report
