"""A checkpoint's parameters, for PyTorch."""

from typing import Any

import torch
from transformers import AutoModelForSequenceClassification

from services.sentiment.errors import ModelError
from services.sentiment.export.describe import Checkpoint


def load_model(checkpoint: Checkpoint, attention: str = "eager") -> Any:
    """float32, for inference. Raises `ModelError` when the checkpoint holds no trained classifier."""
    model, loading = AutoModelForSequenceClassification.from_pretrained(
        checkpoint.source, attn_implementation=attention, dtype=torch.float32, output_loading_info=True
    )
    if missing := sorted(loading["missing_keys"]):
        raise ModelError(
            f"{checkpoint.source} is not fine-tuned for labels: no {', '.join(missing)}; fine-tune it first"
        )
    return model.eval()
