"""PyTorch models and their tokenizer -> the files that the service loads."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import onnx
from transformers import PreTrainedTokenizerFast

from services.sentiment.export.ensemble import joined
from services.sentiment.export.graph import fused_graph
from services.sentiment.export.rows import multiply_in_int8
from services.sentiment.export.storage import store_weights_as_int8
from services.sentiment.inference.model_folder import GRAPH

Arithmetic = Literal["int8", "float32"]


def write_model(
    folder: Path,
    members: Sequence[Any],
    tokenizer: PreTrainedTokenizerFast,
    settings: dict[str, Any],
    arithmetic: Arithmetic = "int8",
) -> onnx.ModelProto:
    """Tokenizer, config.json (the first member's, with `settings` added) and model.onnx, which is returned.

    Several members (of one shape, tokenizer and order of labels) become one graph.
    """
    folder.mkdir(parents=True, exist_ok=True)
    graph = joined([_graph(member, arithmetic) for member in members])
    onnx.save(graph, str(folder / GRAPH))
    if arithmetic == "int8":
        settings = {**settings, "label_min_rows": 1}  # sums of integers come out the same in any order
    if len(members) > 1:
        settings = {**settings, "label_members": len(members)}  # said for readers; nothing depends on it
    _save_config(folder, {**members[0].config.to_dict(), **settings})
    _save_tokenizer(folder, tokenizer, int(settings["label_max_tokens"]))
    return graph


def _graph(model: Any, arithmetic: Arithmetic) -> onnx.ModelProto:
    graph = fused_graph(model)
    if arithmetic == "int8":
        multiply_in_int8(graph)
    store_weights_as_int8(graph)  # after int8 products: embedding tables, the classifier
    return graph


def fused_attention_layers(graph: onnx.ModelProto) -> int:
    return sum(node.op_type == "MultiHeadAttention" for node in graph.graph.node)


def _save_config(folder: Path, config: dict[str, Any]) -> None:
    config.pop("_name_or_path", None)
    text = json.dumps(config, indent=2, sort_keys=True)
    (folder / "config.json").write_text(text + "\n", encoding="utf-8")


def _save_tokenizer(folder: Path, tokenizer: PreTrainedTokenizerFast, max_tokens: int) -> None:
    tokenizer.backend_tokenizer.no_truncation()  # set by earlier calls, not part of the tokenizer
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    # Only what all versions of transformers read alike.
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": max_tokens,
        **{name: str(token) for name, token in sorted(tokenizer.special_tokens_map.items())},
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
