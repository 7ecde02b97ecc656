"""Makes model.onnx from the published MeshNet `model5_gw_ae`, as ONNX.

    python -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python make.py ../../../../../shared/data/models/meshnet/model5_gw_ae.onnx

The weights stay as they are. In front of them go two nodes: the graph takes the 8-bit volume that the network was trained on
and divides by 255, so that a quarter of the bytes travel. The ONNX file that goes in is checked by its digest.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, load_model_from_string, numpy_helper, save_model

SOURCE_SHA256 = "82a078366b1e475ca91c2e6bec303f1e2cc1503b5b1e6c06826cb66f0cfaac27"


def main():
    source = Path(sys.argv[1]).read_bytes()
    digest = hashlib.sha256(source).hexdigest()
    if digest != SOURCE_SHA256:
        sys.exit(f"not the file that this was made from: {digest}")
    model = load_model_from_string(source)
    graph = model.graph
    (volume,) = [value for value in graph.input if value.name == "volume"]
    volume.type.tensor_type.elem_type = TensorProto.UINT8
    first = graph.node[0]
    first.input[0] = "unit"
    graph.node.insert(0, helper.make_node("Cast", ["volume"], ["grey"], to=TensorProto.FLOAT))
    graph.node.insert(1, helper.make_node("Mul", ["grey", "one_255th"], ["unit"]))
    graph.initializer.append(numpy_helper.from_array(np.array(1 / 255, np.float32), "one_255th"))
    model.ir_version = 9
    checker.check_model(model, full_check=True)
    save_model(model, Path(__file__).parent.parent / "model.onnx")


if __name__ == "__main__":
    main()
