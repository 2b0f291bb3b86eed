"""Two members in one graph answer as their mean, and still text by text."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, PreTrainedTokenizerFast

from services.sentiment.export import parity
from services.sentiment.export.folder import Arithmetic, fused_attention_layers, write_model
from services.sentiment.inference.labeller import Labeller
from services.sentiment.inference.model_folder import GRAPH
from tests.train import checkpoints

TEXTS = parity.sample_texts()
SETTINGS = {"model_name": "two", "label_max_tokens": 64, "label_temperature": 0.9}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.make("bert", tmp_path_factory.mktemp("hub") / "bert")


@pytest.fixture(scope="module")
def tokenizer(source: Path) -> PreTrainedTokenizerFast:
    read: PreTrainedTokenizerFast = AutoTokenizer.from_pretrained(str(source))
    return read


@pytest.fixture(scope="module")
def members(source: Path) -> list[Any]:
    first = AutoModelForSequenceClassification.from_pretrained(str(source), attn_implementation="eager")
    torch.manual_seed(8)
    return [first, type(first)(first.config).eval()]


def test_the_answer_is_the_mean_of_the_log_probabilities(
    tmp_path: Path, tokenizer: PreTrainedTokenizerFast, members: list[Any]
) -> None:
    write_model(tmp_path, members, tokenizer, SETTINGS, "float32")
    session = ort.InferenceSession(str(tmp_path / GRAPH), providers=["CPUExecutionProvider"])
    read = tokenizer(TEXTS[:8], padding=True, return_tensors="pt")
    with torch.inference_mode():
        each = [
            model(read["input_ids"], read["attention_mask"]).logits.log_softmax(dim=1) for model in members
        ]
    assert not torch.allclose(*each, atol=0.5)
    names = [node.name for node in session.get_inputs()]
    answer = session.run(None, {name: read[name].numpy() for name in names})[0]
    np.testing.assert_allclose(answer, torch.stack(each).mean(dim=0).numpy(), atol=0.15)


@pytest.mark.parametrize("arithmetic", ["int8", "float32"])
def test_a_label_does_not_depend_on_its_neighbours(
    tmp_path: Path, tokenizer: PreTrainedTokenizerFast, members: list[Any], arithmetic: Arithmetic
) -> None:
    graph = write_model(tmp_path, members, tokenizer, SETTINGS, arithmetic)
    onnx.checker.check_model(graph)
    assert fused_attention_layers(graph) == 2 * members[0].config.num_hidden_layers
    alone = [Labeller.load(str(tmp_path), 1).label([text])[0] for text in TEXTS[::4]]
    others, dice = TEXTS * 3, random.Random(3)
    for threads in (1, 2, 3):
        dice.shuffle(others)
        assert Labeller.load(str(tmp_path), threads).label([*TEXTS[::4], *others])[: len(alone)] == alone
