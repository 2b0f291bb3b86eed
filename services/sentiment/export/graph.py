"""PyTorch model -> ONNX graph with fused attention, normalisation and activation."""

import tempfile
import warnings
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import helper
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model

OPSET = 17
FUSED_DOMAIN = "com.microsoft"  # where ONNX Runtime keeps the fused operators
INPUTS = ("input_ids", "attention_mask")


def fused_graph(model: Any) -> onnx.ModelProto:
    model.eval()
    options = FusionOptions("bert")
    options.use_multi_head_attention = True  # keeps the three projections as matrices of their own
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "plain.onnx"
        _trace(model, path)
        fused = optimize_model(
            str(path),
            model_type="bert",
            num_heads=model.config.num_attention_heads,
            hidden_size=model.config.hidden_size,
            optimization_options=options,
            opt_level=0,
        )
    proto: onnx.ModelProto = fused.model
    if all(opset.domain != FUSED_DOMAIN for opset in proto.opset_import):
        proto.opset_import.append(helper.make_opsetid(FUSED_DOMAIN, 1))
    return proto


def _trace(model: Any, path: Path) -> None:
    first = (model.config.pad_token_id or 0) + 1
    ids = torch.randint(first, model.config.vocab_size, (2, 16))
    mask = torch.ones_like(ids)
    ids[1, 10:], mask[1, 10:] = model.config.pad_token_id or 0, 0
    rows, tokens = {0: "rows"}, {0: "rows", 1: "tokens"}
    model.config.return_dict = False  # plain logits
    with warnings.catch_warnings():
        # The older exporter: its graph is the one that ONNX Runtime's BERT fusion recognises.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (ids, mask),
            str(path),
            input_names=list(INPUTS),
            output_names=["logits"],
            dynamic_axes={"input_ids": tokens, "attention_mask": tokens, "logits": rows},
            opset_version=OPSET,
            dynamo=False,
        )
    model.config.return_dict = True
