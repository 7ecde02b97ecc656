"""Writes the network as ONNX with `onnx.helper`: vision.onnx, embed.onnx, decoder.onnx, in float32 or with 4-bit weights."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import net
from pixels import SIDE
from words import IMAGE_TOKENS, VOCABULARY

FLOAT, INT64, INT32, UINT8 = TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT32, TensorProto.UINT8
MICROSOFT = "com.microsoft"
BLOCK = 32


def four_bits(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[K, N] -> whole numbers 0..15 [N, K/32, 32] and scales [N, K/32]; a value is (number - 8) * scale, as MatMulNBits reads it."""
    blocks = np.ascontiguousarray(weight.T, np.float32).reshape(weight.shape[1], -1, BLOCK)
    at = np.abs(blocks).argmax(-1, keepdims=True)
    scale = np.take_along_axis(blocks, at, -1) / -8
    safe = np.where(scale == 0, 1, scale)
    return np.clip(np.floor(blocks / safe + 8.5), 0, 15).astype(np.uint8), scale[..., 0].astype(np.float32)


class Graph:
    """Collects nodes and weights; each method adds one operation and answers the name of its result."""

    def __init__(self, bits: int = 32):
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.bits = bits

    def put(self, name: str, value: np.ndarray) -> str:
        if all(tensor.name != name for tensor in self.weights):
            self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(self, kind: str, inputs: list[str], out: str, domain: str = "", **attributes) -> str:
        outputs = [out] if isinstance(out, str) else out
        self.nodes.append(helper.make_node(kind, inputs, outputs, name=outputs[0] + "/" + kind, domain=domain, **attributes))
        return outputs[0]

    def ints(self, *values: int) -> str:
        return self.put("int_" + "_".join(map(str, values)), np.array(values, np.int64))

    def dense(self, x: str, name: str, weight: np.ndarray, out: str) -> str:
        """x [.., K] by weight [K, N]."""
        if self.bits == 32:
            return self.op("MatMul", [x, self.put(name, weight.astype(np.float32))], out)
        whole, scale = four_bits(weight)
        packed = (whole[..., 0::2] | (whole[..., 1::2] << 4)).astype(np.uint8)
        inputs = [x, self.put(name + "_q4", packed), self.put(name + "_scales", scale)]
        k, n = weight.shape
        return self.op("MatMulNBits", inputs, out, MICROSOFT, K=k, N=n, bits=4, block_size=BLOCK, accuracy_level=4)

    def norm(self, x: str, scale: str, w: dict[str, np.ndarray], out: str, bias: bool = False) -> str:
        inputs = [x, self.put(scale + ".scale", w[scale + ".scale"])]
        if bias:
            inputs.append(self.put(scale + ".bias", w[scale + ".bias"]))
        return self.op("LayerNormalization", inputs, out, axis=-1, epsilon=net.EPSILON)

    def silu(self, x: str, out: str) -> str:
        return self.op("Mul", [x, self.op("Sigmoid", [x], out + "_gate")], out)

    def save(self, path: Path, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]) -> None:
        graph = helper.make_graph(self.nodes, "vqa-small", inputs, outputs, self.weights)
        imports = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
        model = helper.make_model(graph, opset_imports=imports, producer_name="medserve-recipe")
        model.ir_version = 9
        onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString(deterministic=True))


def value(name: str, kind: int, *shape: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def write_vision(w: dict[str, np.ndarray], path: Path) -> None:
    """pixel_values uint8 [N, SIDE, SIDE, 1] -> image_features [N, IMAGE_TOKENS, WIDTH]."""
    g = Graph()
    x = g.op("Cast", ["pixel_values"], "as_float", to=FLOAT)
    x = g.op("Mul", [x, g.put("one_255th", np.float32(1 / 255))], "unit")
    x = g.op("Reshape", [x, g.ints(-1, 1, SIDE, SIDE)], "planes")
    for name, kernel, stride, _, _, adds in net.CONVOLUTIONS:
        at = f"vision.{name}"
        weights = [g.put(at + ".kernel", w[at + ".kernel"].transpose(3, 2, 0, 1)), g.put(at + ".bias", w[at + ".bias"])]
        y = g.op("Conv", [x, *weights], at, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[kernel // 2] * 4)
        y = g.op("Relu", [y], at + ".relu")
        x = g.op("Add", [x, y], at + ".sum") if adds else y
    x = g.op("Reshape", [x, g.ints(-1, net.WIDTH, IMAGE_TOKENS)], "cells")
    x = g.op("Transpose", [x], "tokens", perm=[0, 2, 1])
    x = g.op("Add", [x, g.put("vision.place", w["vision.place"])], "placed")
    size = net.WIDTH // net.VISION_HEADS
    for i in range(net.VISION_LAYERS):
        at = f"vision.layers.{i}."
        y = g.norm(x, at + "norm1", w, at + "normed1", bias=True)
        parts = []
        for part, order in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])):
            part_of = g.op("Reshape", [g.dense(y, at + part, w[at + part], at + part + "_out"), g.ints(-1, IMAGE_TOKENS, net.VISION_HEADS, size)], at + part + "_split")
            parts.append(g.op("Transpose", [part_of], at + part + "_heads", perm=order))
        score = g.op("Mul", [g.op("MatMul", parts[:2], at + "score"), g.put("vision.root", np.float32(1 / np.sqrt(size)))], at + "scaled")
        mixed = g.op("MatMul", [g.op("Softmax", [score], at + "share", axis=-1), parts[2]], at + "mixed")
        mixed = g.op("Reshape", [g.op("Transpose", [mixed], at + "joined", perm=[0, 2, 1, 3]), g.ints(-1, IMAGE_TOKENS, net.WIDTH)], at + "flat")
        x = g.op("Add", [x, g.dense(mixed, at + "o", w[at + "o"], at + "o_out")], at + "sum1")
        y = g.norm(x, at + "norm2", w, at + "normed2", bias=True)
        y = g.op("Add", [g.dense(y, at + "up", w[at + "up"], at + "up_out"), g.put(at + "up_bias", w[at + "up_bias"])], at + "up_sum")
        x = g.op("Add", [x, g.dense(g.silu(y, at + "act"), at + "down", w[at + "down"], at + "down_out")], at + "sum2")
    x = g.norm(x, "vision.norm", w, "vision.normed", bias=True)
    x = g.dense(x, "vision.project", w["vision.project"], "projected")
    x = g.op("Add", [x, g.put("vision.cell", w["vision.cell"])], "placed_cells")
    whole = g.op("ReduceMean", ["vision.normed"], "whole", axes=[1], keepdims=1)
    parts = []
    for part in ("counts", "places"):
        score = g.op("MatMul", [whole, g.put(f"vision.{part}", w[f"vision.{part}"])], f"vision.{part}_out")
        parts.append(g.op("Add", [score, g.put(f"vision.{part}_bias", w[f"vision.{part}_bias"])], f"vision.{part}_sum"))
    share = g.op("Softmax", [g.op("Reshape", [parts[0], g.ints(-1, 1, 5, 7)], "numbers")], "shares", axis=-1)
    parts[0] = g.op("Reshape", [share, g.ints(-1, 1, 35)], "shares_flat")
    both = g.op("Concat", parts, "summary", axis=2)
    g.op("Add", [x, g.op("MatMul", [both, g.put("vision.summary", w["vision.summary"])], "summary_told")], "image_features")
    g.save(
        path,
        [value("pixel_values", UINT8, "images", SIDE, SIDE, 1)],
        [value("image_features", FLOAT, "images", IMAGE_TOKENS, net.WIDTH)],
    )


def write_embed(w: dict[str, np.ndarray], path: Path) -> None:
    """input_ids [B, S] -> inputs_embeds [B, S, WIDTH]."""
    g = Graph()
    g.op("Gather", [g.put("embed", w["embed"]), "input_ids"], "inputs_embeds")
    g.save(path, [value("input_ids", INT64, "batch", "sequence")], [value("inputs_embeds", FLOAT, "batch", "sequence", net.WIDTH)])


def write_decoder(w: dict[str, np.ndarray], path: Path, bits: int) -> None:
    """The decoder of the contract: `inputs_embeds`, past and LoRA in; logits of one position a row, and present, out."""
    g = Graph(bits)
    wide = {"q_proj": net.HEADS * net.HEAD, "v_proj": net.KV_HEADS * net.HEAD}
    inputs = [value("inputs_embeds", FLOAT, "batch", "sequence", net.WIDTH), value("attention_mask", INT64, "batch", "total"), value("logits_at", INT64, "batch")]
    outputs = [value("logits", FLOAT, "batch", 1, VOCABULARY)]
    valid = g.op("ReduceSum", ["attention_mask", g.ints(1)], "valid", keepdims=0)
    last = g.op("Cast", [g.op("Sub", [valid, g.put("one", np.array(1, np.int64))], "last_at")], "seqlens_k", to=INT32)
    shape = g.op("Shape", ["attention_mask"], "mask_shape")
    total = g.op("Cast", [g.op("Gather", [shape, g.put("one", np.array(1, np.int64))], "total_long")], "total_sequence_length", to=INT32)
    cos, sin = net.angles(net.CONTEXT)
    tables = [g.put("cos_cache", cos), g.put("sin_cache", sin)]
    x = "inputs_embeds"
    for i in range(net.LAYERS):
        at = f"layers.{i}."
        y = g.norm(x, at + "norm1", w, at + "normed1")
        made = {}
        for name in ("q_proj", "k_proj", "v_proj"):
            made[name] = g.dense(y, at + name, w[at + name], at + name + "_out")
            if name in net.LORA_MODULES:
                lora = f"lora.{at}{name}"
                inputs += [value(lora + ".a", FLOAT, "batch", net.WIDTH, "rank"), value(lora + ".b", FLOAT, "batch", "rank", wide[name])]
                delta = g.op("MatMul", [g.op("MatMul", [y, lora + ".a"], lora + ".low"), lora + ".b"], lora + ".delta")
                made[name] = g.op("Add", [made[name], delta], at + name + "_sum")
        past = [f"past_key_values.{i}.{part}" for part in ("key", "value")]
        present = [f"present.{i}.{part}" for part in ("key", "value")]
        inputs += [value(name, FLOAT, "batch", net.KV_HEADS, "past", net.HEAD) for name in past]
        outputs += [value(name, FLOAT, "batch", net.KV_HEADS, "total", net.HEAD) for name in present]
        mixed = g.op(
            "GroupQueryAttention", [*made.values(), *past, last, total, *tables], [at + "mixed", *present], MICROSOFT,
            num_heads=net.HEADS, kv_num_heads=net.KV_HEADS, do_rotary=1, rotary_interleaved=0, scale=float(1 / np.sqrt(net.HEAD)),
        )  # fmt: skip
        x = g.op("Add", [x, g.dense(mixed, at + "o_proj", w[at + "o_proj"], at + "o_out")], at + "sum1")
        y = g.norm(x, at + "norm2", w, at + "normed2")
        gate = g.silu(g.dense(y, at + "gate_proj", w[at + "gate_proj"], at + "gate_out"), at + "gated")
        up = g.dense(y, at + "up_proj", w[at + "up_proj"], at + "up_out")
        down = g.dense(g.op("Mul", [gate, up], at + "inner"), at + "down_proj", w[at + "down_proj"], at + "down_out")
        x = g.op("Add", [x, down], at + "sum2")
    x = g.norm(x, "norm", w, "normed")
    at = g.op("Reshape", ["logits_at", g.ints(-1, 1, 1)], "wanted")
    x = g.op("GatherND", [x, at], "wanted_hidden", batch_dims=1)
    g.dense(x, "head", w["head"], "logits")
    g.save(path, inputs, outputs)


def write(w: dict[str, np.ndarray], folder: Path, bits: int = 32) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    plain = {name: np.asarray(value, np.float32) for name, value in w.items()}
    write_vision(plain, folder / "vision.onnx")
    write_embed(plain, folder / "embed.onnx")
    write_decoder(plain, folder / "decoder.onnx", bits)
