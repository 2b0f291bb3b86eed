import json
from pathlib import Path

import numpy as np
import pytest

from services.sentiment.export import parity
from services.sentiment.export.parity import Parity, differences, page, sample_texts, write


def report(mean: float = 0.001, *, alone: bool = True) -> Parity:
    return Parity(
        checkpoint="indobert",
        arithmetic="int8, weights stored as int8",
        texts=60,
        agreement=0.9875,
        mean_difference=mean,
        largest_difference=0.04,
        alone_as_in_batch=alone,
        checkpoint_mebibytes=474.0,
        graph_mebibytes=119.0,
        fused_attention_layers=12,
        layers=12,
    )


def test_differences_of_probabilities() -> None:
    ours = np.array([[0.8, 0.1, 0.1], [0.4, 0.5, 0.1]])
    theirs = np.array([[0.8, 0.1, 0.1], [0.5, 0.4, 0.1]])
    assert differences(ours, theirs) == pytest.approx((0.5, 0.2 / 6, 0.1))


def test_the_report_is_written_for_people_and_programs(tmp_path: Path) -> None:
    write(tmp_path, report())
    assert Parity(**json.loads((tmp_path / parity.REPORT).read_text())) == report()
    text = (tmp_path / parity.PAGE).read_text()
    assert "| same label | 98.75% |" in text
    assert "| attention layers fused | 12 of 12 |" in text
    assert "**no**" in page(report(alone=False))


def test_a_graph_that_computes_something_else_is_not_acceptable() -> None:
    assert report().acceptable
    assert not report(mean=0.2).acceptable


def test_the_sample_holds_what_comments_hold() -> None:
    texts = sample_texts()
    assert len(texts) == len(set(texts)) >= 50
    assert any("😡" in text for text in texts)
