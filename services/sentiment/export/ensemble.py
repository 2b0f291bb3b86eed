"""Several classifiers in one graph, which answers with the mean of their log probabilities."""

from collections.abc import Sequence

import onnx
from onnx import helper


def joined(members: Sequence[onnx.ModelProto]) -> onnx.ModelProto:
    """The members' inputs must have the same names, and each one output of the same shape."""
    if len(members) == 1:
        return members[0]
    whole = onnx.ModelProto()
    whole.CopyFrom(members[0])
    output = whole.graph.output[0].name
    for part in (whole.graph.node, whole.graph.initializer, whole.graph.value_info):
        del part[:]
    opinions = []
    for number, member in enumerate(members, start=1):
        prefix = f"member{number}_"
        _rename(member.graph, prefix)
        whole.graph.node.extend(member.graph.node)
        whole.graph.initializer.extend(member.graph.initializer)
        opinions.append(f"{prefix}opinion")
        logits = prefix + member.graph.output[0].name
        whole.graph.node.append(helper.make_node("LogSoftmax", [logits], [opinions[-1]], axis=-1))
    whole.graph.node.append(helper.make_node("Mean", opinions, [output]))
    onnx.checker.check_model(whole)
    return whole


def _rename(graph: onnx.GraphProto, prefix: str) -> None:
    """Everything but the inputs; an empty name is an optional input left out."""
    kept = {"", *(item.name for item in graph.input)}
    for tensor in graph.initializer:
        tensor.name = prefix + tensor.name
    for node in graph.node:
        node.name = node.name and prefix + node.name
        for names in (node.input, node.output):
            names[:] = [name if name in kept else prefix + name for name in names]
