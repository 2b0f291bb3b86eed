"""A PyTorch checkpoint -> the folder that `Labeller.load` reads, whole or not at all."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerFast
from transformers.utils import logging

from services.sentiment.errors import ModelError
from services.sentiment.export import parity
from services.sentiment.export.describe import Checkpoint, read_checkpoint, read_tokenizer
from services.sentiment.export.folder import Arithmetic, fused_attention_layers, write_model
from services.sentiment.export.parity import Parity
from services.sentiment.export.weights import load_model
from services.sentiment.inference.labeller import Labeller, Prediction
from services.sentiment.inference.model_folder import GRAPH, write_checksums
from services.sentiment.inference.normalise import normalise

Note = Callable[[str], None]
STEPS = ("reading the checkpoint", "writing the graph", "comparing", "done")
MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Order:
    source: str  # hub id or folder
    texts: Sequence[str]  # to compare on
    arithmetic: Arithmetic = "int8"
    threads: int = 1


def export(order: Order, out: Path, note: Note) -> Parity:
    """`note` is called with each of STEPS.

    Raises `ModelError` or `UnknownLabelsError`; nothing is left then.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ModelError(f"{out} is there already; name a new folder, or delete that one first")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        folder = Path(scratch) / "model"
        folder.mkdir()
        found = _write(order, folder, note)
        if out.exists():
            out.rmdir()
        folder.rename(out)
    note(STEPS[3])
    return found


def _write(order: Order, folder: Path, note: Note) -> Parity:
    note(STEPS[0])
    checkpoint = read_checkpoint(order.source)
    tokenizer, model = read_tokenizer(order.source), load_model(checkpoint)
    note(STEPS[1])
    graph = write_model(folder, [model], tokenizer, _settings(checkpoint), order.arithmetic)
    note(STEPS[2])
    theirs = _their_probabilities(model, tokenizer, checkpoint, [normalise(text) for text in order.texts])
    found = _compare(order, checkpoint, folder, theirs, _counts(model, graph))
    if not found.acceptable:
        raise ModelError(
            f"{order.source}: exported, it differs too much from the checkpoint "
            f"({found.mean_difference:.3f} a probability); try --arithmetic float32"
        )
    parity.write(folder, found)
    write_checksums(folder)
    return found


def _settings(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "model_name": checkpoint.name,
        "label_max_tokens": checkpoint.max_tokens,
        "label_temperature": checkpoint.temperature,
    }


def _their_probabilities(
    model: Any, tokenizer: PreTrainedTokenizerFast, checkpoint: Checkpoint, texts: Sequence[str]
) -> NDArray[np.float64]:
    rows = []
    with torch.inference_mode():
        for text in texts:
            encoded = tokenizer(text, truncation=True, max_length=checkpoint.max_tokens, return_tensors="pt")
            logits = model(encoded["input_ids"], encoded["attention_mask"]).logits[
                0, list(checkpoint.columns)
            ]
            rows.append(torch.softmax(logits.double() / checkpoint.temperature, dim=0).numpy())
    return np.array(rows)


def _compare(
    order: Order,
    checkpoint: Checkpoint,
    folder: Path,
    theirs: NDArray[np.float64],
    counts: dict[str, Any],
) -> Parity:
    together = Labeller.load(str(folder), order.threads).label(order.texts)
    single = Labeller.load(str(folder), order.threads)
    alone = [single.label([text])[0] for text in order.texts]
    agreement, mean, largest = parity.differences(_array(together), theirs)
    return Parity(
        checkpoint=checkpoint.name,
        arithmetic=f"{order.arithmetic}, weights stored as int8",
        texts=len(order.texts),
        agreement=agreement,
        mean_difference=mean,
        largest_difference=largest,
        alone_as_in_batch=together == alone,
        graph_mebibytes=(folder / GRAPH).stat().st_size / MEBIBYTE,
        **counts,
    )


def _counts(model: Any, graph: onnx.ModelProto) -> dict[str, Any]:
    return {
        "checkpoint_mebibytes": sum(4 * each.numel() for each in model.parameters()) / MEBIBYTE,
        "fused_attention_layers": fused_attention_layers(graph),
        "layers": int(model.config.num_hidden_layers),
    }


def _array(predictions: Sequence[Prediction]) -> NDArray[np.float64]:
    return np.array([[p.negative, p.neutral, p.positive] for p in predictions], dtype=np.float64)


def quiet() -> None:
    """Progress bars and advice of the libraries would stand between ours, or between JSON lines."""
    logging.set_verbosity_error()
    logging.disable_progress_bar()
