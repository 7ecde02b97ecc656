"""The Llama decoder as an ONNX graph, in the form of a generative package: see docs/adding-a-language-model.md."""

from collections.abc import Callable

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from gguf_weights import Weights
from quantise import BLOCK, Packed, int8

MICROSOFT = "com.microsoft"

#: Packs a matrix [out, in].
Pack = Callable[[np.ndarray], Packed]


class Decoder:
    """Writes one graph; each method adds one operation or one part of the network, and answers the name of its result.

    @param pack None: everything in float32; else matrices as it packs them, and the table of tokens in 8 bits.
    @param every_position logits [B, S, V] of all positions, for measuring; else of those that `logits_at` names, [B, 1, V].
    """

    def __init__(self, weights: Weights, pack: Pack | None, every_position: bool = False):
        self.weights = weights
        self.sizes = weights.sizes
        self.pack = pack
        self.every_position = every_position
        self.nodes = []
        self.initializers = []

    def put(self, name: str, value) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(self, kind: str, inputs: list[str], out: str | list[str], domain: str = "", **attributes) -> str:
        outputs = [out] if isinstance(out, str) else out
        self.nodes.append(helper.make_node(kind, inputs, outputs, name=f"{outputs[0]}/{kind}", domain=domain, **attributes))
        return outputs[0]

    def linear(self, x: str, name: str, *parts: np.ndarray) -> str:
        """x [B, S, in] -> [B, S, out]; matrices that take the same x are stacked, so that it is rounded and read once."""
        matrix = np.concatenate(parts)
        if self.pack is None:
            return self.op("MatMul", [x, self.put(f"{name}.weight", matrix.T)], name)
        packed = self.pack(matrix)
        inputs = [x, self.put(f"{name}.codes", packed.codes), self.put(f"{name}.scales", packed.scales)]
        if packed.zeros is not None:
            inputs.append(self.put(f"{name}.zeros", packed.zeros))
        return self.few_bits(inputs, name, packed.bits, *matrix.shape)

    def few_bits(self, inputs: list[str], out: str, bits: int, rows: int, columns: int) -> str:
        sizes = {"N": rows, "K": columns, "bits": bits, "block_size": BLOCK}
        return self.op("MatMulNBits", inputs, out, MICROSOFT, accuracy_level=4, **sizes)

    def embedding(self) -> str:
        """input_ids [B, S] -> [B, S, D]. The table gives the logits too: the model ties them."""
        table = self.weights.tensor("token_embd")
        if self.pack is None:
            return self.op("Gather", [self.put("tokens", table), "input_ids"], "embedding")
        packed = int8(table)
        self.put("tokens.codes", packed.codes)
        self.put("tokens.scales", packed.scales)
        rows = self.op("Reshape", ["tokens.codes", self.put("tokens.shape", np.array(table.shape))], "tokens.rows")
        blocks = {"bits": 8, "block_size": BLOCK, "gather_axis": 0, "quantize_axis": 1}
        return self.op("GatherBlockQuantized", [rows, "input_ids", "tokens.scales"], "embedding", MICROSOFT, **blocks)

    def logits(self, x: str) -> str:
        if self.pack is None:
            return self.op("MatMul", [x, self.op("Transpose", ["tokens"], "tokens.turned", perm=[1, 0])], "logits")
        return self.few_bits([x, "tokens.codes", "tokens.scales"], "logits", 8, self.sizes.vocabulary, self.sizes.hidden)

    def first_norm(self, x: str) -> str:
        """The RMS norm in plain operators: ONNX has it as one from opset 23 on. ONNX Runtime makes one of them by itself."""
        square = self.op("Mul", [x, x], "square")
        mean = self.op("ReduceMean", [square, self.put("last_axis", np.array([-1]))], "mean_square")
        safe = self.op("Add", [mean, self.put("epsilon", np.float32(self.sizes.epsilon))], "mean_square.safe")
        unit = self.op("Div", [x, self.op("Sqrt", [safe], "root_mean_square")], "unit")
        return self.op("Mul", [unit, self.put("layer.0.attn_norm.gain", self.weights.layer(0, "attn_norm"))], "layer.0.attn_norm")

    def norm(self, x: str, change: str, name: str, gain: np.ndarray) -> tuple[str, str]:
        """The RMS norm of x + change, and the sum itself."""
        inputs, outputs = [x, change, self.put(f"{name}.gain", gain)], [name, "", "", f"{name}.sum"]
        self.op("SkipSimplifiedLayerNormalization", inputs, outputs, MICROSOFT, epsilon=self.sizes.epsilon)
        return name, outputs[3]

    def rotation(self) -> None:
        """Cosines and sines of the rotary embedding, [context, head size / 2]."""
        half = self.sizes.head_size // 2
        rates = self.sizes.rope_base ** (-np.arange(half) / half)
        angles = np.outer(np.arange(self.sizes.context), rates)
        self.put("cosines", np.cos(angles).astype(np.float32))
        self.put("sines", np.sin(angles).astype(np.float32))

    def lengths(self) -> None:
        """attention_mask [B, T] -> where the last valid token of each row is, int32 [B], and T."""
        count = self.op("ReduceSum", ["attention_mask", self.put("axis_1", np.array([1]))], "valid", keepdims=0)
        self.op("Cast", [self.op("Sub", [count, self.put("one", np.array([1]))], "valid.last")], "last_valid", to=TensorProto.INT32)
        total = self.op("Gather", [self.op("Shape", ["attention_mask"], "mask.shape"), self.put("second", np.array(1))], "mask.total")
        self.op("Cast", [total], "total_length", to=TensorProto.INT32)

    def attention(self, x: str, index: int) -> str:
        name = f"layer.{index}"
        together = self.linear(x, f"{name}.qkv", *(self.weights.layer(index, part) for part in ("attn_q", "attn_k", "attn_v")))
        past = [f"past_key_values.{index}.{part}" for part in ("key", "value")]
        present = [f"present.{index}.{part}" for part in ("key", "value")]
        mixed = self.op(
            "GroupQueryAttention",
            [together, "", "", *past, "last_valid", "total_length", "cosines", "sines"],
            [f"{name}.attention", *present],
            MICROSOFT,
            num_heads=self.sizes.heads,
            kv_num_heads=self.sizes.kv_heads,
            scale=self.sizes.head_size**-0.5,
            do_rotary=1,
        )
        return self.linear(mixed, f"{name}.attn_output", self.weights.layer(index, "attn_output"))

    def feed_forward(self, x: str, index: int) -> str:
        name = f"layer.{index}"
        gate = self.linear(x, f"{name}.gate", self.weights.layer(index, "ffn_gate"))
        up = self.linear(x, f"{name}.up", self.weights.layer(index, "ffn_up"))
        silu = self.op("Mul", [gate, self.op("Sigmoid", [gate], f"{name}.sigmoid")], f"{name}.silu")
        return self.linear(self.op("Mul", [silu, up], f"{name}.gated"), f"{name}.down", self.weights.layer(index, "ffn_down"))

    def layers(self, total: str) -> tuple[str, str]:
        """[B, S, D] -> the sum before the last layer's change, and that change."""
        normed = self.first_norm(total)
        for index in range(self.sizes.layers):
            change = self.attention(normed, index)
            normed, total = self.norm(total, change, f"layer.{index}.ffn_norm", self.weights.layer(index, "ffn_norm"))
            change = self.feed_forward(normed, index)
            if index + 1 < self.sizes.layers:
                following = f"layer.{index + 1}.attn_norm"
                normed, total = self.norm(total, change, following, self.weights.layer(index + 1, "attn_norm"))
        return total, change

    def wanted(self, *tensors: str) -> list[str]:
        """[B, S, D] each -> [B, 1, D], where `logits_at` says: the table is large, and one position of a prompt is read."""
        self.op("Unsqueeze", ["logits_at", self.put("axes_1_2", np.array([1, 2]))], "wanted")
        return [self.op("GatherND", [tensor, "wanted"], f"{tensor}.wanted", batch_dims=1) for tensor in tensors]

    def model(self) -> ModelProto:
        self.rotation()
        self.lengths()
        last = self.layers(self.embedding())
        normed, _ = self.norm(*(last if self.every_position else self.wanted(*last)), "output_norm", self.weights.tensor("output_norm"))
        self.logits(normed)
        graph = helper.make_graph(self.nodes, "decoder", self.inputs(), self.outputs(), self.initializers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid(MICROSOFT, 1)], ir_version=9)

    def inputs(self):
        axes = {"input_ids": ["batch", "sequence"], "attention_mask": ["batch", "total"]}
        if not self.every_position:
            axes["logits_at"] = ["batch"]
        whole = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name, shape in axes.items()]
        return whole + self.cache("past_key_values", "past")

    def outputs(self):
        logits = ["batch", "sequence" if self.every_position else 1, self.sizes.vocabulary]
        return [helper.make_tensor_value_info("logits", TensorProto.FLOAT, logits), *self.cache("present", "total")]

    def cache(self, name: str, length: str):
        shape = ["batch", self.sizes.kv_heads, length, self.sizes.head_size]
        return [
            helper.make_tensor_value_info(f"{name}.{index}.{part}", TensorProto.FLOAT, shape)
            for index in range(self.sizes.layers)
            for part in ("key", "value")
        ]
