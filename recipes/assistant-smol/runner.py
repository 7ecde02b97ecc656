"""Runs a decoder in ONNX Runtime: one step, greedy answers, and rows of different lengths."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from gguf_weights import Sizes


def save(model: onnx.ModelProto, path: Path) -> None:
    """The graph, and beside it its weights: more than 2 GiB would not fit in one file, and ONNX Runtime maps what lies outside."""
    data = path.with_name(f"{path.name}.data")
    data.unlink(missing_ok=True)
    onnx.save_model(model, path, save_as_external_data=True, location=data.name, size_threshold=1024)
    data.chmod(0o644)


class Runner:
    def __init__(self, path: Path, sizes: Sizes, threads: int = 2):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.sizes = sizes
        self.inputs = [one.name for one in self.session.get_inputs()]
        self.outputs = [one.name for one in self.session.get_outputs()]

    def empty(self, rows: int) -> dict[str, np.ndarray]:
        """The cache before the first token."""
        nothing = np.zeros((rows, self.sizes.kv_heads, 0, self.sizes.head_size), np.float32)
        return {name: nothing for name in self.inputs if name.startswith("past_key_values.")}

    def step(self, ids, valid, past, logits_at=None) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """One run. `ids` [B, S] stand behind what is in `past`; `valid` [B]: how many tokens each row has then.

        @return the outputs that are no cache, and the cache to give to the next step
        """
        total = ids.shape[1] + next(iter(past.values())).shape[2]
        mask = (np.arange(total)[None] < np.asarray(valid)[:, None]).astype(np.int64)
        feeds = {"input_ids": np.asarray(ids, np.int64), "attention_mask": mask, **past}
        if "logits_at" in self.inputs:
            feeds["logits_at"] = np.asarray(logits_at, np.int64)
        out = dict(zip(self.outputs, self.session.run(None, feeds), strict=True))
        present = {name.replace("present", "past_key_values"): out.pop(name) for name in self.outputs if name.startswith("present.")}
        return out, present

    def answers(self, prompts: list[list[int]], tokens: int, stops: frozenset[int]) -> list[list[int]]:
        """Greedy, all prompts as one batch, right padded; each up to a stop or `tokens`."""
        valid = np.array([len(prompt) for prompt in prompts])
        ids = np.array([prompt + [0] * (valid.max() - len(prompt)) for prompt in prompts])
        out, past = self.step(ids, valid, self.empty(len(prompts)), valid - 1)
        written = [[] for _ in prompts]
        going = np.ones(len(prompts), bool)
        for _ in range(tokens):
            chosen = out["logits"][:, 0].argmax(-1)
            going &= [token not in stops for token in chosen]
            if not going.any():
                break
            for answer, token, on in zip(written, chosen, going, strict=True):
                if on:
                    answer.append(int(token))
            valid = valid + 1
            out, past = self.step(chosen[:, None], valid, past, np.zeros(len(prompts)))
        return written
