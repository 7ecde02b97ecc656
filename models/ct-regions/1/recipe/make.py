"""Makes model.onnx: labels the body and its bone, slice by slice, from Hounsfield units.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make.py

Nothing is trained. The graph is exact: the same integers give the same labels everywhere.
"""

from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save_model

OUTSIDE = -32768  # what the recipe's step "body" puts around the body
BONE_HU = 151.0  # as ct-tissue has it; source: see card.md
NEIGHBOURS = 4.5 / 9  # of a sample and its eight neighbours, five have to be bone

# 0 background, 1 body, 2 bone
BONE = 2.0


def graph():
    """A Scan over the slices keeps the working memory at one slice, however many there are."""
    nodes = [
        helper.make_node("Cast", ["slice"], ["hu"], to=TensorProto.FLOAT),
        helper.make_node("Greater", ["hu", "outside"], ["is_body"]),
        helper.make_node("Cast", ["is_body"], ["body"], to=TensorProto.FLOAT),
        helper.make_node("GreaterOrEqual", ["hu", "bone_hu"], ["is_dense"]),
        helper.make_node("Cast", ["is_dense"], ["dense"], to=TensorProto.FLOAT),
        # The majority of 3 x 3 takes single noisy samples away and keeps the area of what is larger.
        helper.make_node("Unsqueeze", ["dense", "image_axes"], ["dense4"]),
        helper.make_node(
            "AveragePool", ["dense4"], ["share4"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1
        ),
        helper.make_node("Squeeze", ["share4", "image_axes"], ["share"]),
        helper.make_node("GreaterOrEqual", ["share", "neighbours"], ["is_bone_here"]),
        helper.make_node("And", ["is_bone_here", "is_body"], ["is_bone"]),
        helper.make_node("Where", ["is_bone", "bone_label", "body"], ["label"]),
        helper.make_node("Cast", ["label"], ["labels_of_slice"], to=TensorProto.UINT8),
    ]
    constants = {
        "outside": OUTSIDE,
        "bone_hu": BONE_HU,
        "neighbours": NEIGHBOURS,
        "bone_label": BONE,
    }
    initializers = [numpy_helper.from_array(np.array(value, np.float32), name) for name, value in constants.items()]
    initializers.append(numpy_helper.from_array(np.array([0, 1], np.int64), "image_axes"))
    body = helper.make_graph(
        nodes,
        "one-slice",
        [helper.make_tensor_value_info("slice", TensorProto.INT16, ["H", "W"])],
        [helper.make_tensor_value_info("labels_of_slice", TensorProto.UINT8, ["H", "W"])],
        initializers,
    )
    return helper.make_graph(
        [helper.make_node("Scan", ["volume"], ["labels"], body=body, num_scan_inputs=1)],
        "ct-regions",
        [helper.make_tensor_value_info("volume", TensorProto.INT16, ["D", "H", "W"])],
        [helper.make_tensor_value_info("labels", TensorProto.UINT8, ["D", "H", "W"])],
    )


def main():
    model = helper.make_model(graph(), producer_name="medserve", opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    checker.check_model(model, full_check=True)
    save_model(model, Path(__file__).parent.parent / "model.onnx")


if __name__ == "__main__":
    main()
