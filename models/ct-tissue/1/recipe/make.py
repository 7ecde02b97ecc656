"""Makes model.onnx: counts, slice by slice, how many samples lie in each range of Hounsfield units.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make.py

Nothing is trained. The graph is exact: integers in, integers out. The bounds are those of model.yaml.
"""

from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save_model

# Lower bound of each class in HU, the last bound closes the last class. Sources: see card.md.
BOUNDS = [-1100, -950, -500, -190, -29, 151, 32768]


def graph():
    """A Scan over the slices keeps the working memory at one slice, however many there are."""
    nodes, columns = [helper.make_node("Cast", ["slice"], ["hu"], to=TensorProto.FLOAT)], []
    for bound in range(len(BOUNDS)):
        nodes += [
            helper.make_node("GreaterOrEqual", ["hu", f"bound{bound}"], [f"is{bound}"]),
            helper.make_node("Cast", [f"is{bound}"], [f"one{bound}"], to=TensorProto.FLOAT),
            # float32 counts exactly up to 2^24 samples, a slice of 4096 x 4096
            helper.make_node("ReduceSum", [f"one{bound}", "axes"], [f"count{bound}"], keepdims=1),
        ]
        columns.append(f"count{bound}")
    nodes += [
        helper.make_node("Concat", columns, ["above2"], axis=1),
        helper.make_node("Squeeze", ["above2", "first"], ["above"]),
        helper.make_node("Slice", ["above", "zero", "last"], ["lower"]),
        helper.make_node("Slice", ["above", "one", "end"], ["upper"]),
        helper.make_node("Sub", ["lower", "upper"], ["inside"]),
        helper.make_node("Cast", ["inside"], ["count"], to=TensorProto.INT32),
    ]
    classes = len(BOUNDS) - 1
    integers = {"axes": [0, 1], "first": [0], "zero": [0], "one": [1], "last": [classes], "end": [classes + 1]}
    constants = [numpy_helper.from_array(np.array(value, np.int64), name) for name, value in integers.items()]
    constants += [numpy_helper.from_array(np.array(value, np.float32), f"bound{i}") for i, value in enumerate(BOUNDS)]
    body = helper.make_graph(
        nodes,
        "one-slice",
        [helper.make_tensor_value_info("slice", TensorProto.INT16, ["H", "W"])],
        [helper.make_tensor_value_info("count", TensorProto.INT32, [classes])],
        constants,
    )
    return helper.make_graph(
        [helper.make_node("Scan", ["volume"], ["counts"], body=body, num_scan_inputs=1)],
        "ct-tissue",
        [helper.make_tensor_value_info("volume", TensorProto.INT16, ["D", "H", "W"])],
        [helper.make_tensor_value_info("counts", TensorProto.INT32, ["D", classes])],
    )


def main():
    model = helper.make_model(graph(), producer_name="medserve", opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    checker.check_model(model, full_check=True)
    save_model(model, Path(__file__).parent.parent / "model.onnx")


if __name__ == "__main__":
    main()
