"""A PyTorch checkpoint on a GPU, behind the same batching; no export is needed there.

16-bit products on a GPU are summed in an order that depends on the batch's shape, so that the last decimals
of a probability, and with them a label that is almost a tie, can depend on the neighbours.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerFast

from services.sentiment.export.describe import read_checkpoint, read_tokenizer
from services.sentiment.export.weights import load_model
from services.sentiment.inference.labeller import Engine
from services.sentiment.inference.model_folder import ModelFolder


def open_checkpoint(
    source: str, device: str = "cuda", precision: torch.dtype | None = None
) -> tuple[ModelFolder, PreTrainedTokenizerFast, Engine]:
    """What a `Labeller` is made of. Raises `ModelError` or `UnknownLabelsError`."""
    checkpoint = read_checkpoint(source)
    dtype = precision or (torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16)
    model = load_model(checkpoint, "sdpa")
    name = str(dtype).removeprefix("torch.")
    described = ModelFolder(
        folder=Path(source),
        version=f"{checkpoint.name}-{name}@{_digest(model)}",
        columns=checkpoint.columns,
        temperature=checkpoint.temperature,
        max_tokens=checkpoint.max_tokens,
        width=int(checkpoint.config.hidden_size),
    )
    return described, read_tokenizer(source), _engine(model.to(device, dtype), device)


def _engine(model: Any, device: str) -> Engine:
    def run(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        with torch.inference_mode():
            logits = model(torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device)).logits
        result: NDArray[np.float32] = logits.float().cpu().numpy()
        return result

    return run


def _digest(model: Any) -> str:
    """Over all parameters, as the version of an exported folder is over its files."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()[:12]
