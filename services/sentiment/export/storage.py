"""Weights stored as int8, a quarter of their size."""

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

HIGHEST = 127
SMALLEST_QUANTISED = 1024  # elements; biases and norms stay float32


def quantised(values: NDArray[np.float32], axis: int) -> dict[str, NDArray[np.generic]]:
    """`int8`, and for each index of `axis` its `scale` and `zero`."""
    highest = np.abs(values).max(axis=1 - axis, keepdims=True)
    scale = np.where(highest > 0, highest / HIGHEST, 1).astype(np.float32)
    whole = np.clip(np.rint(values / scale), -HIGHEST, HIGHEST).astype(np.int8)
    return {"int8": whole, "scale": scale.ravel(), "zero": np.zeros(scale.size, dtype=np.int8)}


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
        parts = quantised(values, axis)
        graph.initializer.remove(tensor)
        graph.initializer.extend(numpy_helper.from_array(v, f"{tensor.name}_{k}") for k, v in parts.items())
        names = [f"{tensor.name}_{part}" for part in parts]
        graph.node.insert(0, helper.make_node("DequantizeLinear", names, [tensor.name], axis=axis))


def _channels(graph: onnx.GraphProto) -> dict[str, int]:
    """Matrix name -> the axis that has a scale of its own: output columns, or rows of an embedding table."""
    channels: dict[str, int] = {}
    for node in graph.node:
        if node.op_type == "MatMul":
            channels[node.input[1]] = 1
        elif node.op_type == "Gemm":
            transposed = any(item.name == "transB" and item.i for item in node.attribute)
            channels[node.input[1]] = 0 if transposed else 1
        elif node.op_type == "EmbedLayerNormalization":
            channels.update({name: 0 for name in node.input[2:5] if name})
        elif node.op_type == "Gather":
            channels[node.input[0]] = 0
    return channels
