"""What can be said about a checkpoint where PyTorch is not installed."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from transformers import AlbertConfig, BertConfig, GPT2Config, RobertaConfig

from services.sentiment.errors import ModelError
from services.sentiment.export.describe import read_checkpoint, read_tokenizer
from services.sentiment.inference import resolve
from services.sentiment.inference.labels import UnknownLabelsError
from services.sentiment.inference.loading import load_labeller
from services.sentiment.inference.resolve import exported, gpu_is_there, is_checkpoint

NAMES = {0: "positif", 1: "netral", 2: "negatif"}


@pytest.fixture
def hub(tmp_path: Path, shipped_folder: Path) -> Path:
    """A checkpoint's files; its weights are no weights, which nobody finds out without PyTorch."""
    folder = tmp_path / "indobert"
    BertConfig(id2label=NAMES, num_labels=3).save_pretrained(str(folder))
    shutil.copy(shipped_folder / "tokenizer.json", folder)
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


@pytest.fixture
def without_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "missing_packages", lambda: ["torch", "onnx"])
    monkeypatch.setattr(resolve, "gpu_is_there", lambda: False)


def test_a_checkpoint_tells_its_labels_and_name(hub: Path) -> None:
    found = read_checkpoint(str(hub))
    assert (found.name, found.columns, found.max_tokens) == ("indobert", (2, 1, 0), 128)


@pytest.mark.parametrize(
    ("config", "most"),
    [
        (RobertaConfig(max_position_embeddings=66, pad_token_id=1, num_labels=3), 64),
        (RobertaConfig(max_position_embeddings=514, pad_token_id=1, num_labels=3), 128),
        (AlbertConfig(max_position_embeddings=64, num_labels=3), 64),
    ],
)
def test_no_more_tokens_than_positions(config: BertConfig, most: int, tmp_path: Path) -> None:
    config.save_pretrained(str(tmp_path))
    assert read_checkpoint(str(tmp_path)).max_tokens == most


def test_other_labels_are_refused_by_name(tmp_path: Path) -> None:
    BertConfig(id2label={0: "anger", 1: "fear", 2: "joy"}, num_labels=3).save_pretrained(str(tmp_path))
    with pytest.raises(UnknownLabelsError, match=r"'anger'.*'fear'.*'joy'.*id2label"):
        read_checkpoint(str(tmp_path))


def test_a_model_before_fine_tuning_is_refused_by_its_labels(tmp_path: Path) -> None:
    BertConfig(num_labels=5).save_pretrained(str(tmp_path))
    with pytest.raises(UnknownLabelsError, match="LABEL_4"):
        read_checkpoint(str(tmp_path))


def test_another_family_is_refused(tmp_path: Path) -> None:
    GPT2Config(num_labels=3).save_pretrained(str(tmp_path))
    with pytest.raises(ModelError, match=r"gpt2 cannot be exported; known: albert, bert"):
        read_checkpoint(str(tmp_path))


def test_what_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="configuration cannot be read"):
        read_checkpoint(str(tmp_path))


def test_indobert_lites_words_are_berts(tmp_path: Path) -> None:
    AlbertConfig(num_labels=3, id2label=NAMES).save_pretrained(str(tmp_path))
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "bagus", "##nya"]
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    tokenizer = read_tokenizer(str(tmp_path))
    assert tokenizer("bagusnya")["input_ids"] == [2, 5, 6, 3]


def test_a_folder_with_a_graph_is_run_as_it_is(shipped_folder: Path, tmp_path: Path) -> None:
    assert not is_checkpoint(str(shipped_folder))
    assert exported(str(shipped_folder), 1, tmp_path) == str(shipped_folder)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("without_pytorch")
def test_without_pytorch_it_says_what_to_do(hub: Path, tmp_path: Path) -> None:
    assert is_checkpoint(str(hub))
    with pytest.raises(ModelError, match=r"torch and onnx .*requirements-train\.lock.*SENTIMENT_MODEL"):
        exported(str(hub), 1, tmp_path / "cache")


@pytest.mark.usefixtures("without_pytorch")
def test_an_export_that_lies_in_the_cache_needs_no_pytorch(
    hub: Path, shipped_folder: Path, tmp_path: Path
) -> None:
    place = tmp_path / "cache" / resolve._key(str(hub))
    shutil.copytree(shipped_folder, place)
    assert exported(str(hub), 1, tmp_path / "cache") == str(place)
    (hub / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(ModelError, match="torch"):
        exported(str(hub), 1, tmp_path / "cache")


def test_a_hub_id_has_a_place_of_its_own() -> None:
    assert resolve._key("indobenchmark/indobert-lite-base-p2") == "indobenchmark--indobert-lite-base-p2"


def test_no_gpu_is_looked_for_without_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", {}.get)
    assert not gpu_is_there()


def test_an_unreachable_hub_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="nobody/nothing"):
        load_labeller("nobody/nothing", 1)


def test_a_hub_that_never_answers_is_given_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own client would ask for ten minutes."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
        monkeypatch.setattr(
            "huggingface_hub.constants.ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}"
        )
        monkeypatch.setattr("services.sentiment.export.describe.HUB_SECONDS", 0.2)
        with pytest.raises(ModelError, match=r"'nobody/nothing' is no folder.*hub.*unset SENTIMENT_MODEL"):
            load_labeller("nobody/nothing", 1)


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    program = "import sys; sys.modules['torch'] = None; import runpy; "
    program += f"sys.argv = ['export', *{list(arguments)!r}]; "
    program += "runpy.run_module('services.sentiment.export', run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_command_refuses_with_a_sentence(hub: Path, tmp_path: Path) -> None:
    config = json.loads((hub / "config.json").read_text())
    config["id2label"] = {"0": "senang", "1": "sedih", "2": "marah"}
    (hub / "config.json").write_text(json.dumps(config))
    done = command(str(hub), str(tmp_path / "out"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert "'senang'" in done.stderr
    assert "Traceback" not in done.stderr
