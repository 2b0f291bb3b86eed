"""PyTorch model -> the folder that the service loads: fused ONNX graph with weights stored as int8."""

import json
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnxruntime.transformers.optimizer import optimize_model
from transformers import BertForSequenceClassification, PreTrainedTokenizerFast

from services.sentiment.artefact import GRAPH

OPSET = 17
FUSED_DOMAIN = "com.microsoft"  # where ONNX Runtime keeps the fused operators
SMALLEST_QUANTISED = 1024  # elements; biases and norms stay float32


def export(
    model: BertForSequenceClassification,
    tokenizer: PreTrainedTokenizerFast,
    folder: Path,
    settings: dict[str, Any],
) -> None:
    """Writes tokenizer, config.json (with `settings` added) and model.onnx."""
    folder.mkdir(parents=True, exist_ok=True)
    _save_tokenizer(tokenizer, folder)
    config = {**model.config.to_dict(), **settings}
    config.pop("_name_or_path", None)
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    graph = _fused(model)
    store_weights_as_int8(graph)
    onnx.checker.check_model(graph, check_custom_domain=False)
    onnx.save(graph, str(folder / GRAPH))


def _save_tokenizer(tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    tokenizer.backend_tokenizer.no_truncation()  # set by earlier calls, not part of the tokenizer
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.save_pretrained(str(folder))
    # Only what all versions of transformers read alike, whether the tokenizer is new or from a checkpoint.
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": tokenizer.model_max_length,
        **dict(sorted(tokenizer.special_tokens_map.items())),
    }
    path = folder / "tokenizer_config.json"
    path.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def _fused(model: BertForSequenceClassification) -> onnx.ModelProto:
    config = model.config
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "plain.onnx"
        model.config.return_dict = False  # plain logits
        _trace(model, path)
        model.config.return_dict = True
        fused = optimize_model(
            str(path),
            model_type="bert",
            num_heads=config.num_attention_heads,
            hidden_size=config.hidden_size,
            opt_level=0,
        )
    found = fused.get_fused_operator_statistics()
    if found["Attention"] != config.num_hidden_layers:
        raise RuntimeError(f"the attention layers were not recognised for fusion: {found}")
    proto: onnx.ModelProto = fused.model
    if all(opset.domain != FUSED_DOMAIN for opset in proto.opset_import):
        proto.opset_import.append(helper.make_opsetid(FUSED_DOMAIN, 1))
    return proto


def _trace(model: BertForSequenceClassification, path: Path) -> None:
    model.eval()
    ids = torch.randint(5, model.config.vocab_size, (2, 16))
    mask = torch.ones_like(ids)
    mask[1, 10:] = 0
    rows, tokens = {0: "rows"}, {0: "rows", 1: "tokens"}
    with warnings.catch_warnings():
        # The older exporter: its graph is the one that ONNX Runtime's BERT fusion recognises.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (ids, mask),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_axes={"input_ids": tokens, "attention_mask": tokens, "logits": rows},
            opset_version=OPSET,
            dynamo=False,
        )


def store_weights_as_int8(model: onnx.ModelProto) -> None:
    """Every large float matrix becomes int8 with one scale per channel, unpacked by DequantizeLinear.

    Only storage changes: all arithmetic stays float32 and no scale depends on the texts of a batch.
    """
    graph = model.graph
    channels = _channels(graph)
    for tensor in list(graph.initializer):
        if tensor.name not in channels or tensor.data_type != onnx.TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(tensor)
        if values.ndim != 2 or values.size < SMALLEST_QUANTISED:
            continue
        axis = channels[tensor.name]
        packed, scale = _quantised(values, axis)
        graph.initializer.remove(tensor)
        parts = {"int8": packed, "scale": scale, "zero": np.zeros_like(scale, dtype=np.int8)}
        graph.initializer.extend(numpy_helper.from_array(v, f"{tensor.name}_{k}") for k, v in parts.items())
        names = [f"{tensor.name}_{part}" for part in parts]
        graph.node.insert(0, helper.make_node("DequantizeLinear", names, [tensor.name], axis=axis))


def _channels(graph: onnx.GraphProto) -> dict[str, int]:
    """Matrix name -> the axis that has a scale of its own: output columns, or rows of an embedding table."""
    channels: dict[str, int] = {}
    for node in graph.node:
        if node.op_type in ("MatMul", "Attention"):
            channels[node.input[1]] = 1
        elif node.op_type == "Gemm":
            transposed = any(item.name == "transB" and item.i for item in node.attribute)
            channels[node.input[1]] = 0 if transposed else 1
        elif node.op_type == "EmbedLayerNormalization":
            channels.update({name: 0 for name in node.input[2:5] if name})
        elif node.op_type == "Gather":
            channels[node.input[0]] = 0
    return channels


def _quantised(values: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    highest = np.abs(values).max(axis=1 - axis, keepdims=True)
    scale = np.where(highest > 0, highest / 127, 1).astype(np.float32)
    packed = np.clip(np.rint(values / scale), -127, 127).astype(np.int8)
    return packed, scale.ravel()
