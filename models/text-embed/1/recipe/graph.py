"""all-MiniLM-L6-v2 as an ONNX graph: BERT, the mean over the tokens that the mask names, and a length of one."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from quantise import int8

MICROSOFT = "com.microsoft"
LAYERS, HEADS, HIDDEN = 6, 12, 384
#: Of the norms inside, by the model's configuration, and of the last one, by torch.nn.functional.normalize.
EPSILON = 1e-12
#: Weights that share a scale. The table of words is half of the file, and its larger blocks keep that below 25 MB.
MATRIX_BLOCK, TABLE_BLOCK = 64, 128


class Encoder:
    """Writes one graph; each method adds one operation or one part of the network, and answers the name of its result."""

    def __init__(self, weights: Mapping[str, np.ndarray], precision: Literal["fp32", "int8"]):
        self.weights = weights
        self.precision = precision
        self.nodes = []
        self.initializers = []

    def put(self, name: str, value) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(self, kind: str, inputs: list[str], out: str, domain: str = "", **attributes) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [out], name=f"{out}/{kind}", domain=domain, **attributes))
        return out

    def linear(self, x: str, name: str) -> str:
        """x [n, s, in] -> [n, s, out]. In int8 each row of x gets scales of its own, so no row changes with its neighbours."""
        matrix, bias = self.weights[f"{name}.weight"], self.put(f"{name}.bias", self.weights[f"{name}.bias"])
        if self.precision == "fp32":
            return self.op("Add", [self.op("MatMul", [x, self.put(f"{name}.weight", matrix.T)], f"{name}.product"), bias], name)
        codes, scales = int8(matrix, MATRIX_BLOCK)
        inputs = [x, self.put(f"{name}.codes", codes), self.put(f"{name}.scales", scales)]
        sizes = {"N": matrix.shape[0], "K": matrix.shape[1], "bits": 8, "block_size": MATRIX_BLOCK}
        return self.op("Add", [self.op("MatMulNBits", inputs, f"{name}.product", MICROSOFT, accuracy_level=4, **sizes), bias], name)

    def norm(self, x: str, name: str) -> str:
        gain, bias = (self.put(f"{name}.{part}", self.weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.op("LayerNormalization", [x, gain, bias], name, axis=-1, epsilon=EPSILON)

    def words(self) -> str:
        table = self.weights["embeddings.word_embeddings.weight"]
        if self.precision == "fp32":
            return self.op("Gather", [self.put("words", table), "input_ids"], "word")
        codes, scales = int8(table, TABLE_BLOCK)
        inputs = [self.put("words.codes", codes.reshape(table.shape)), "input_ids", self.put("words.scales", scales)]
        return self.op(
            "GatherBlockQuantized", inputs, "word", MICROSOFT, bits=8, block_size=TABLE_BLOCK, gather_axis=0, quantize_axis=1
        )

    def embeddings(self) -> str:
        # One text is always the first segment, so the vectors of the segment and of the position are one constant.
        segment = self.weights["embeddings.token_type_embeddings.weight"][0]
        positions = self.put("positions", self.weights["embeddings.position_embeddings.weight"] + segment)
        length = self.op("Shape", ["input_ids"], "length", start=1, end=2)
        position = self.op("Slice", [positions, self.put("begin", np.array([0])), length], "position")
        return self.norm(self.op("Add", [self.words(), position], "embedded"), "embeddings.LayerNorm")

    def heads(self, x: str, perm: list[int]) -> str:
        return self.op("Transpose", [self.op("Reshape", [x, "heads.shape"], f"{x}.split")], f"{x}.heads", perm=perm)

    def attention(self, x: str, layer: str) -> str:
        name = f"{layer}.attention.self"
        query = self.heads(self.linear(x, f"{name}.query"), [0, 2, 1, 3])
        key = self.heads(self.linear(x, f"{name}.key"), [0, 2, 3, 1])
        value = self.heads(self.linear(x, f"{name}.value"), [0, 2, 1, 3])
        score = self.op("Mul", [self.op("MatMul", [query, key], f"{name}.product"), "score.scale"], f"{name}.score")
        share = self.op("Softmax", [self.op("Add", [score, "padding"], f"{name}.masked")], f"{name}.share", axis=-1)
        mixed = self.op("Transpose", [self.op("MatMul", [share, value], f"{name}.mixed")], f"{name}.turned", perm=[0, 2, 1, 3])
        answer = self.linear(self.op("Reshape", [mixed, "hidden.shape"], f"{name}.joined"), f"{layer}.attention.output.dense")
        return self.norm(self.op("Add", [answer, x], f"{layer}.attention.sum"), f"{layer}.attention.output.LayerNorm")

    def feed_forward(self, x: str, layer: str) -> str:
        wide = self.op("Gelu", [self.linear(x, f"{layer}.intermediate.dense")], f"{layer}.gelu")
        narrow = self.linear(wide, f"{layer}.output.dense")
        return self.norm(self.op("Add", [narrow, x], f"{layer}.sum"), f"{layer}.output.LayerNorm")

    def mask(self) -> None:
        """attention_mask [n, s] -> `present` [n, s, 1], and `padding` [n, 1, 1, s], which takes a token out of every softmax."""
        mask = self.op("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
        self.op("Unsqueeze", [mask, self.put("axis_2", np.array([2]))], "present")
        absent = self.op("Sub", [self.put("one", np.float32(1)), mask], "absent")
        never = self.op("Mul", [absent, self.put("never", np.finfo(np.float32).min)], "padding.flat")
        self.op("Unsqueeze", [never, self.put("axes_1_2", np.array([1, 2]))], "padding")

    def pooled(self, x: str) -> None:
        """[n, s, 384] -> sentence_vector [n, 384]. The least count and length are those of sentence-transformers."""
        axis = self.put("axis_1", np.array([1]))
        total = self.op("ReduceSum", [self.op("Mul", [x, "present"], "counted"), axis], "total", keepdims=0)
        count = self.op("ReduceSum", ["present", axis], "count", keepdims=0)
        mean = self.op("Div", [total, self.op("Clip", [count, self.put("least", np.float32(1e-9))], "divisor")], "mean")
        length = self.op("ReduceL2", [mean, axis], "mean.length", keepdims=1)
        safe = self.op("Clip", [length, self.put("shortest", np.float32(EPSILON))], "mean.safe")
        self.op("Div", [mean, safe], "sentence_vector")

    def model(self) -> ModelProto:
        self.put("heads.shape", np.array([0, 0, HEADS, HIDDEN // HEADS]))
        self.put("hidden.shape", np.array([0, 0, HIDDEN]))
        self.put("score.scale", np.float32((HIDDEN // HEADS) ** -0.5))
        self.mask()
        x = self.embeddings()
        for index in range(LAYERS):
            layer = f"encoder.layer.{index}"
            x = self.feed_forward(self.attention(x, layer), layer)
        self.pooled(x)
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "s"]) for name in ("input_ids", "attention_mask")]
        output = helper.make_tensor_value_info("sentence_vector", TensorProto.FLOAT, ["n", HIDDEN])
        graph = helper.make_graph(self.nodes, "text_embed", inputs, [output], self.initializers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid(MICROSOFT, 1)], ir_version=9)
