import json
import shutil
from pathlib import Path

import pytest

from services.sentiment.errors import ModelError
from services.sentiment.inference.labeller import Labeller
from services.sentiment.inference.labels import UnknownLabelsError
from services.sentiment.inference.model_folder import CHECKSUMS, open_model_folder, write_checksums

MEBIBYTE = 2**20


@pytest.fixture
def folder(shipped_folder: Path, tmp_path: Path) -> Path:
    """A copy of the shipped model that a test may spoil."""
    copy = tmp_path / "model"
    shutil.copytree(shipped_folder, copy)
    return copy


def configure(folder: Path, **settings: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **settings}))
    write_checksums(folder)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.onnx", "metrics.json"])
def test_a_changed_file_is_refused_by_name(folder: Path, name: str) -> None:
    with (folder / name).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(ModelError, match=rf"checksum.*{name}"):
        Labeller.load(str(folder), threads=1)


def test_a_lost_file_is_refused_by_name(folder: Path) -> None:
    (folder / "tokenizer_config.json").unlink()
    with pytest.raises(ModelError, match=r"missing.*tokenizer_config\.json"):
        open_model_folder(str(folder))


def test_a_folder_without_graph_is_refused(folder: Path) -> None:
    (folder / "model.onnx").unlink()
    with pytest.raises(ModelError, match=r"has no model\.onnx"):
        open_model_folder(str(folder))


def test_a_hub_id_says_what_to_do() -> None:
    with pytest.raises(ModelError, match="export the checkpoint"):
        open_model_folder("someone/some-checkpoint")


def test_labels_that_do_not_map_are_refused(folder: Path) -> None:
    configure(
        folder, id2label={"0": "anger", "1": "fear", "2": "joy"}, label2id={"anger": 0, "fear": 1, "joy": 2}
    )
    with pytest.raises(UnknownLabelsError, match="anger"):
        open_model_folder(str(folder))


def test_the_version_follows_what_decides_a_label(folder: Path) -> None:
    before = open_model_folder(str(folder)).version
    (folder / "README.md").write_text("reworded")
    write_checksums(folder)
    assert open_model_folder(str(folder)).version == before
    configure(folder, label_temperature=3.0)
    assert open_model_folder(str(folder)).version != before


def test_a_folder_without_checksums_is_somebodys_own_export(folder: Path) -> None:
    (folder / CHECKSUMS).unlink()
    assert open_model_folder(str(folder)).version == open_model_folder(str(folder)).version


def test_the_shipped_folder_is_small_and_complete(shipped_folder: Path) -> None:
    files = {path.name: path.stat().st_size for path in shipped_folder.iterdir()}
    assert sum(files.values()) <= 16 * MEBIBYTE
    assert set(json.loads((shipped_folder / CHECKSUMS).read_text())) == set(files) - {CHECKSUMS}
    assert {"README.md", "metrics.json", "config.json", "tokenizer.json", "model.onnx"} <= set(files)
