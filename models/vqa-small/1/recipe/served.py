"""Runs the package's graphs by ONNX Runtime as the platform does: greedy answers, with a KV cache, many rows at once."""

from pathlib import Path

import numpy as np
import onnxruntime as ort

import net
from words import END, IMAGE


def session(path: Path, threads: int = 1) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Served:
    def __init__(self, package: Path, threads: int = 1):
        self.vision, self.embed, self.decoder = (session(package / f"{part}.onnx", threads) for part in ("vision", "embed", "decoder"))
        self.zeros = {name: np.zeros_like(value) for name, value in net.no_lora().items()}

    def embeds(self, ids: list[int], images: np.ndarray | None) -> np.ndarray:
        """[S, WIDTH]: the features of the images uint8 [n, SIDE, SIDE], in order, at the image's positions."""
        out = self.embed.run(None, {"input_ids": np.array([ids], np.int64)})[0][0].copy()
        at = np.array(ids) == IMAGE
        if at.any():
            out[at] = self.vision.run(None, {"pixel_values": images[..., None]})[0].reshape(-1, net.WIDTH)
        return out

    def empty(self, rows: int) -> list[np.ndarray]:
        return [np.zeros((rows, net.KV_HEADS, 0, net.HEAD), np.float32)] * (2 * net.LAYERS)

    def step(self, embeds: np.ndarray, valid: np.ndarray, past: list[np.ndarray], at: np.ndarray, loras: list[dict] | None = None):
        """One run. `valid` counts each row's positions, these included. Answers logits [B, V] and present."""
        total = past[0].shape[2] + embeds.shape[1]
        loras = loras or [self.zeros] * len(embeds)
        feeds = {"inputs_embeds": embeds, "logits_at": at, "attention_mask": (np.arange(total)[None] < valid[:, None]).astype(np.int64)}
        feeds |= {f"past_key_values.{i // 2}.{('key', 'value')[i % 2]}": part for i, part in enumerate(past)}
        feeds |= {name: np.stack([lora[name] for lora in loras]) for name in self.zeros}
        logits, *present = self.decoder.run(None, feeds)
        return logits[:, 0], present

    def answers(self, prompts: list[np.ndarray], most: int = 96, loras: list[dict] | None = None) -> list[list[int]]:
        """Greedy ids for each prompt [S, WIDTH], without the end token; rows of different lengths run together."""
        lengths = np.array([len(prompt) for prompt in prompts])
        padded = np.zeros((len(prompts), lengths.max(), net.WIDTH), np.float32)
        for row, prompt in zip(padded, prompts, strict=True):
            row[: len(prompt)] = prompt
        logits, past = self.step(padded, lengths, self.empty(len(prompts)), lengths - 1, loras)
        said: list[list[int]] = [[] for _ in prompts]
        going = np.ones(len(prompts), bool)
        for _ in range(most):
            chosen = logits.argmax(-1)
            going &= chosen != END
            for row in np.flatnonzero(going):
                said[row].append(int(chosen[row]))
            if not going.any():
                break
            lengths = lengths + 1
            embeds = self.embed.run(None, {"input_ids": chosen[:, None].astype(np.int64)})[0]
            logits, past = self.step(embeds, lengths, past, np.zeros(len(prompts), np.int64), loras)
        return said
