"""A model folder: its files, their checksums, its configuration."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from transformers import AutoConfig, AutoTokenizer, PreTrainedTokenizerFast

from services.sentiment.errors import ModelError
from services.sentiment.inference.labels import columns

CHECKSUMS = "checksums.json"
GRAPH = "model.onnx"
NEEDED = ("config.json", "tokenizer.json", GRAPH)
DEFAULT_MAX_TOKENS = 128
# For one row some processors take another matrix kernel, which adds in another order.
DEFAULT_MIN_ROWS = 2


@dataclass(frozen=True, slots=True)
class ModelFolder:
    folder: Path
    version: str  # name@first 12 hex digits of the SHA-256 over all files
    columns: tuple[int, int, int]  # outputs that hold negative, neutral, positive
    temperature: float
    max_tokens: int
    width: int  # numbers a token
    min_rows: int = DEFAULT_MIN_ROWS  # of a batch; fewer are filled up


def open_model_folder(name: str) -> ModelFolder:
    """Raises `ModelError` when files are missing or changed, `UnknownLabelsError` when labels do not map."""
    folder = Path(name)
    if not folder.is_dir():
        raise ModelError(f"{name!r} is not a folder; export the checkpoint to ONNX and name its folder")
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            f"{folder} has no {', '.join(missing)}: not a model folder that the labeller can run"
        )
    digests = {path.name: _sha256(path) for path in sorted(folder.iterdir()) if path.is_file()}
    _verify(folder, digests)
    config = AutoConfig.from_pretrained(str(folder), local_files_only=True)
    positions = int(getattr(config, "max_position_embeddings", DEFAULT_MAX_TOKENS))
    return ModelFolder(
        folder=folder,
        version=f"{getattr(config, 'model_name', folder.resolve().name)}@{_short(digests)}",
        columns=columns(config.id2label),
        temperature=float(getattr(config, "label_temperature", 1.0)),
        max_tokens=min(positions, int(getattr(config, "label_max_tokens", DEFAULT_MAX_TOKENS))),
        width=int(config.hidden_size),
        min_rows=int(getattr(config, "label_min_rows", DEFAULT_MIN_ROWS)),
    )


def read_tokenizer(model: ModelFolder) -> PreTrainedTokenizerFast:
    tokenizer: PreTrainedTokenizerFast = AutoTokenizer.from_pretrained(
        str(model.folder), local_files_only=True
    )
    return tokenizer


def write_checksums(folder: Path) -> None:
    digests = {p.name: _sha256(p) for p in sorted(folder.iterdir()) if p.is_file() and p.name != CHECKSUMS}
    (folder / CHECKSUMS).write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")


def _verify(folder: Path, digests: dict[str, str]) -> None:
    listing = folder / CHECKSUMS
    if not listing.is_file():  # somebody's own export; nothing to hold it against
        return
    expected: dict[str, str] = json.loads(listing.read_text(encoding="utf-8"))
    wrong = [name for name, digest in sorted(expected.items()) if digests.get(name) != digest]
    if wrong:
        raise ModelError(
            f"checksum differs or file is missing in {folder}: {', '.join(wrong)}; "
            f"restore the folder (it was changed after {CHECKSUMS} was written)"
        )


def _short(digests: dict[str, str]) -> str:
    """Over what decides a label; card and reports may be reworded without a new version."""
    decisive = [f"{name}:{digest}" for name, digest in digests.items() if name.endswith((".json", ".onnx"))]
    decisive = [line for line in decisive if not line.startswith((CHECKSUMS, "metrics.json", "parity.json"))]
    return hashlib.sha256("\n".join(decisive).encode()).hexdigest()[:12]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
