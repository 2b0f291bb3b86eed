"""From a PyTorch checkpoint to labels, for every family that the exporter knows."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, BertForMaskedLM

from services.sentiment.errors import ModelError
from services.sentiment.export import convert, parity
from services.sentiment.export.folder import Arithmetic, fused_attention_layers, write_model
from services.sentiment.export.parity import Parity
from services.sentiment.inference import gpu
from services.sentiment.inference.labeller import Labeller
from services.sentiment.inference.labels import UnknownLabelsError
from services.sentiment.inference.model_folder import CHECKSUMS
from services.sentiment.inference.resolve import exported
from tests.train import checkpoints

TEXTS = parity.sample_texts()
FAMILIES = sorted(checkpoints.CONFIGS)


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def checkpoint(family: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.make(family, tmp_path_factory.mktemp("hub") / family)


@pytest.fixture(scope="module", params=["int8", "float32"])
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return "int8" if request.param == "int8" else "float32"


@pytest.fixture(scope="module")
def outcome(
    checkpoint: Path, arithmetic: Arithmetic, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Parity]:
    out = tmp_path_factory.mktemp("exported") / "model"
    return out, export(checkpoint, out, arithmetic)


def export(checkpoint: Path, out: Path, arithmetic: Arithmetic = "int8") -> Parity:
    return convert.export(convert.Order(str(checkpoint), TEXTS, arithmetic, 2), out, print)


def test_the_graph_says_what_the_checkpoint_says(outcome: tuple[Path, Parity]) -> None:
    _, found = outcome
    assert found.agreement >= 0.9
    assert found.mean_difference < 0.01
    assert found.fused_attention_layers >= found.layers - 1  # ALBERT's first has another shape


def test_a_label_does_not_depend_on_its_neighbours(outcome: tuple[Path, Parity]) -> None:
    folder, found = outcome
    assert found.alone_as_in_batch
    alone = [Labeller.load(str(folder), 1).label([text])[0] for text in TEXTS[::4]]
    dice = random.Random(3)
    others = TEXTS * 3
    for threads in (1, 2, 3):
        dice.shuffle(others)
        assert Labeller.load(str(folder), threads).label([*TEXTS[::4], *others])[: len(alone)] == alone


def test_the_folder_is_complete_and_reports(outcome: tuple[Path, Parity]) -> None:
    folder, found = outcome
    listed = json.loads((folder / CHECKSUMS).read_text())
    assert set(listed) == {path.name for path in folder.iterdir()} - {CHECKSUMS}
    assert {parity.REPORT, parity.PAGE, "model.onnx", "tokenizer.json", "config.json"} <= set(listed)
    assert json.loads((folder / parity.REPORT).read_text())["agreement"] == found.agreement
    assert f"{found.agreement:.2%}" in (folder / parity.PAGE).read_text()


def test_layers_that_share_a_matrix_store_it_once(tmp_path: Path) -> None:
    found = export(checkpoints.make("albert", tmp_path / "lite"), tmp_path / "out")
    assert found.graph_mebibytes < found.checkpoint_mebibytes


def test_a_long_text_is_cut_where_the_positions_end(outcome: tuple[Path, Parity]) -> None:
    labeller = Labeller.load(str(outcome[0]), 1)
    assert len(labeller.label(["bagus jelek " * 400, "kapan " * 63])) == 2


@pytest.mark.parametrize("kind", ["bert", "albert"])
def test_a_vocabulary_of_words_alone_is_berts(kind: str, tmp_path: Path) -> None:
    """IndoBERT's files; the lite one is an ALBERT without ALBERT's tokenizer."""
    export(checkpoints.make(kind, tmp_path / "indobert", words_only=True), tmp_path / "out")
    labeller = Labeller.load(str(tmp_path / "out"), 1)
    labeller.label(["terima kasih, pelayanannya cepat"])
    assert labeller.statistics.tokens > 6
    assert labeller.statistics.unknown_tokens == 0


def test_the_compact_shape_is_fused_whole_and_keeps_its_settings(tmp_path: Path) -> None:
    """As `train compact` writes it: a model and a tokenizer that never were a checkpoint."""
    source = str(checkpoints.make("bert", tmp_path / "plain"))
    model = AutoModelForSequenceClassification.from_pretrained(source, attn_implementation="eager")
    settings = {"model_name": "mini", "label_max_tokens": 64, "label_temperature": 0.9}
    graph = write_model(tmp_path / "out", [model.train()], AutoTokenizer.from_pretrained(source), settings)
    assert fused_attention_layers(graph) == model.config.num_hidden_layers
    kept = json.loads((tmp_path / "out" / "config.json").read_text())
    assert settings.items() <= kept.items()
    one, two = (Labeller.load(str(tmp_path / "out"), 1).label(TEXTS) for _ in range(2))
    assert one == two


def test_labels_that_do_not_map_are_listed(tmp_path: Path) -> None:
    source = checkpoints.make("bert", tmp_path / "emotions", {0: "anger", 1: "fear", 2: "joy"})
    with pytest.raises(UnknownLabelsError, match=r"'anger'.*'fear'.*'joy'"):
        export(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_checkpoint_without_classifier_is_refused(tmp_path: Path) -> None:
    source = checkpoints.make("bert", tmp_path / "plain")
    BertForMaskedLM.from_pretrained(str(source)).save_pretrained(str(source))
    with pytest.raises(ModelError, match=r"not fine-tuned.*classifier"):
        export(source, tmp_path / "out")


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    source = checkpoints.make("bert", tmp_path / "plain")
    export(source, tmp_path / "out")
    with pytest.raises(ModelError, match="there already"):
        export(source, tmp_path / "out")


def test_the_service_exports_once_and_again_when_the_weights_changed(tmp_path: Path) -> None:
    source = checkpoints.make("bert", tmp_path / "plain")
    first = exported(str(source), 1, tmp_path / "cache")
    written = (Path(first) / "model.onnx").stat().st_mtime_ns
    assert exported(str(source), 1, tmp_path / "cache") == first
    assert (Path(first) / "model.onnx").stat().st_mtime_ns == written
    assert Labeller.load(first, 1).version.startswith("plain@")
    checkpoints.make("roberta", tmp_path / "other")
    for path in (tmp_path / "other").iterdir():
        path.rename(source / path.name)
    assert exported(str(source), 1, tmp_path / "cache") != first


def test_the_pytorch_path_gives_the_same_labels(checkpoint: Path, outcome: tuple[Path, Parity]) -> None:
    """What runs on a GPU, here on the processor."""
    ours = Labeller.load(str(outcome[0]), 1).label(TEXTS)
    theirs = Labeller(*gpu.open_checkpoint(str(checkpoint), "cpu", torch.float32)).label(TEXTS)
    gaps = [
        abs(a.negative - b.negative) + abs(a.positive - b.positive) for a, b in zip(ours, theirs, strict=True)
    ]
    assert sum(gaps) / len(gaps) < 0.05  # weights are stored as int8 in one of them


def test_the_command_shows_progress_and_the_report(tmp_path: Path) -> None:
    source = checkpoints.make("bert", tmp_path / "plain")
    command = [sys.executable, "-m", "services.sentiment.export", str(source), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=800, check=False)
    assert done.returncode == 0, done.stderr
    assert "same label" in done.stdout
    assert "SENTIMENT_MODEL=" in done.stdout
