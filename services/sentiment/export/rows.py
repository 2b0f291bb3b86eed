"""int8 matrix products whose activation scale belongs to one row, that is to one token of one text.

The usual dynamic int8 takes one scale from all activations of a batch, so a text's label can change with its
neighbours. Here every token has its own: largest absolute value / 127. The products are sums of integers and
thus exact; what remains of a row is the row's alone.
"""

import hashlib
from collections.abc import Iterator

import numpy as np
import onnx
from onnx import helper, numpy_helper

from services.sentiment.export.graph import FUSED_DOMAIN
from services.sentiment.export.storage import HIGHEST, quantised

CONSTANTS = {
    "row_one": np.float32(1),
    "row_middle": np.uint8(128),
    "row_highest": np.float32(HIGHEST),
    "row_step": np.float32(1 / HIGHEST),
    "row_smallest": np.float32(1e-12),
}


def multiply_in_int8(model: onnx.ModelProto) -> int:
    """Every product with a constant matrix, in place; returns how many."""
    graph = model.graph
    matrices = {
        tensor.name: tensor
        for tensor in graph.initializer
        if tensor.data_type == onnx.TensorProto.FLOAT and len(tensor.dims) == 2
    }
    packed = _Packed(graph)
    nodes: list[onnx.NodeProto] = []
    scaled: set[str] = set()
    count = 0
    for node in graph.node:
        if node.op_type not in ("MatMul", "Gemm") or node.input[1] not in matrices:
            nodes.append(node)
            continue
        transposed = any(item.name == "transB" and item.i for item in node.attribute)
        source, matrix = node.input[0], packed.name(matrices[node.input[1]], transposed=transposed)
        if source not in scaled:
            nodes.extend(_scale(source))
            scaled.add(source)
        product = f"{node.output[0]}_product" if node.op_type == "Gemm" else node.output[0]
        nodes.extend(_product(source, matrix, product))
        if node.op_type == "Gemm":
            nodes.append(helper.make_node("Add", [product, node.input[2]], [node.output[0]]))
        count += 1
    del graph.node[:]
    graph.node.extend(nodes)
    graph.initializer.extend(numpy_helper.from_array(np.asarray(v), k) for k, v in CONSTANTS.items())
    _drop_unused(graph)
    return count


class _Packed:
    """Each matrix once, also where layers share it and the tracer wrote it down for every layer (ALBERT)."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._graph = graph
        self._names: dict[bytes, str] = {}

    def name(self, tensor: onnx.TensorProto, *, transposed: bool) -> str:
        values = numpy_helper.to_array(tensor)
        values = np.ascontiguousarray(values.T) if transposed else values
        digest = hashlib.sha256(values.tobytes() + bytes(str(values.shape), "ascii")).digest()
        if digest not in self._names:
            self._graph.initializer.extend(
                numpy_helper.from_array(part, f"{tensor.name}_{kind}")
                for kind, part in quantised(values, axis=1).items()
            )
            self._names[digest] = tensor.name
        return self._names[digest]


def _scale(source: str) -> Iterator[onnx.NodeProto]:
    """The activations as whole numbers 1..255 around 128, and what one step is worth in each row."""

    def name(part: str) -> str:
        return f"{source}_row{part}"

    make = helper.make_node
    yield make("Abs", [source], [name("_abs")])
    yield make("ReduceMax", [name("_abs")], [name("_max")], axes=[-1], keepdims=1)
    yield make("Max", [name("_max"), "row_smallest"], [name("_range")])
    yield make("Mul", [name("_range"), "row_step"], [name("_worth")])
    yield make("Div", ["row_highest", name("_range")], [name("_factor")])
    yield make("Mul", [source, name("_factor")], [name("_scaled")])
    yield make("QuantizeLinear", [name("_scaled"), "row_one", "row_middle"], [name("_whole")])


def _product(source: str, matrix: str, target: str) -> Iterator[onnx.NodeProto]:
    inputs = [
        f"{source}_row_whole",
        f"{matrix}_int8",
        "row_one",
        f"{matrix}_scale",
        "row_middle",
        f"{matrix}_zero",
    ]
    yield helper.make_node("MatMulIntegerToFloat", inputs, [f"{target}_steps"], domain=FUSED_DOMAIN)
    yield helper.make_node("Mul", [f"{target}_steps", f"{source}_row_worth"], [target])


def _drop_unused(graph: onnx.GraphProto) -> None:
    used = {name for node in graph.node for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
