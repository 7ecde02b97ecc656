"""Builds the served graph: uint8 pixels -> EfficientNet-Lite0 -> heads, weights kept as float16."""
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def float16_weights(graph: onnx.GraphProto) -> None:
    """Large float32 initialisers become float16 with a Cast, which the runtime folds when it loads: half the file, float32 sums."""
    casts = []
    for at, tensor in enumerate(graph.initializer):
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < 256:
            continue
        name = tensor.name
        half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), name + "_half")
        graph.initializer[at].CopyFrom(half)
        casts.append(helper.make_node("Cast", [name + "_half"], [name], to=TensorProto.FLOAT))
    for cast in reversed(casts):
        graph.node.insert(0, cast)


def served(data: Path, heads: list[onnx.NodeProto], weights: dict[str, np.ndarray], outputs: dict[str, int], side: int) -> onnx.ModelProto:
    """`heads` may read `embedding` [N, 1280] and `unit` (pixels in 0..1, [N, 3, side, side]); `outputs` are name -> width."""
    base = onnx.load(str(data / "models" / "efficientnet-lite0" / "model.onnx"))
    graph = base.graph
    nodes = [node for node in graph.node if "logits" not in node.output]
    initialisers = [tensor for tensor in graph.initializer if not tensor.name.startswith("m.classifier.")]
    before = [
        helper.make_node("Cast", ["image"], ["as_float"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["as_float"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Div", ["planes", "most"], ["unit"]),
        helper.make_node("Mul", ["unit", "two"], ["doubled"]),
        helper.make_node("Sub", ["doubled", "one"], ["pixels"]),
    ]
    constants = {"most": np.float32(255), "two": np.float32(2), "one": np.float32(1)} | weights
    result = helper.make_graph(
        [*before, *nodes, *heads],
        "medserve",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["N", side, side, 3])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", width]) for name, width in outputs.items()],
        [*initialisers, *(numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items())],
    )
    float16_weights(result)
    model = helper.make_model(result, opset_imports=[helper.make_opsetid("", 17)], producer_name="medserve-recipe")
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model
