"""Checks a made package by ONNX Runtime in Python: `python check.py FOLDER [WEIGHTS.npz]`.

Rows of different lengths together answer as alone; a prompt in pieces answers as whole; adapters mixed in one run answer as alone;
with the training's weights given, the graph's logits are those of the JAX network.
"""

import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

import net
from pixels import SIDE
from scenes import draw, scene
from served import Served
from words import IMAGE, Words, user

TALK = (
    ("How many discs are there?", 1, False), ("Is there a square?", 1, True), ("Write a report.", 1, False),
    ("Which image has more discs?", 2, False), ("Hello.", 0, False), ("Give the box of the largest disc.", 1, False),
)  # fmt: skip


def prompts(served: Served, words: Words) -> list[tuple[list[int], np.ndarray, np.ndarray]]:
    """ids, images, embeds of some conversations."""
    rng = np.random.default_rng(11)
    made = []
    for text, images, text_first in TALK:
        pictures = np.stack([draw(scene(rng), SIDE) for _ in range(max(images, 1))])[:images]
        ids = words.prompt([user(text, images, text_first)])
        made.append((ids, pictures, served.embeds(ids, pictures)))
    return made


def pieces(served: Served, prompt: np.ndarray, sizes: list[int]) -> np.ndarray:
    """Logits after a prompt that was run piece by piece."""
    past, done = served.empty(1), 0
    while done < len(prompt):
        size = min(sizes[0] if len(sizes) == 1 else sizes.pop(0), len(prompt) - done)
        logits, past = served.step(prompt[None, done : done + size], np.array([done + size]), past, np.array([size - 1]))
        done += size
    return logits[0]


def network_logits(w: net.Weights, ids: list[int], pictures: np.ndarray, lora: dict | None = None) -> np.ndarray:
    x = np.array(w["embed"])[ids]
    if len(pictures):
        x[np.array(ids) == IMAGE] = np.asarray(net.features(w, pictures)).reshape(-1, net.WIDTH)
    n = len(ids)
    mask = np.tril(np.ones((n, n), bool))
    return np.asarray(net.logits(w, net.decode(w, x[None], np.arange(n)[None], mask[None], lora))[0, -1])


def main() -> None:
    package = Path(sys.argv[1])
    served, words = Served(package), Words(package)
    made = prompts(served, words)
    embeds = [prompt for _, _, prompt in made]
    alone = [served.answers([prompt])[0] for prompt in embeds]
    assert served.answers(embeds) == alone, "rows together answer otherwise than alone"
    whole = [pieces(served, prompt, [len(prompt)]) for prompt in embeds]
    apart = max(np.abs(pieces(served, prompt, sizes) - all_of).max() for prompt, all_of in zip(embeds, whole, strict=True) for sizes in ([1], [7], [16], [30, 16, 8, 7, 1, 9]))
    print(f"prompt in pieces: logits differ by at most {apart:.2e}")
    adapters = sorted((package / "adapters").glob("*.safetensors"))
    rng = np.random.default_rng(2)
    loras = [served.zeros, *(load_file(path) for path in adapters), {name: rng.normal(0, 0.05, value.shape).astype(np.float32) for name, value in served.zeros.items()}]
    given = [loras[i % len(loras)] for i in range(len(embeds))]
    mixed = served.answers(embeds, loras=given)
    assert mixed == [served.answers([prompt], loras=[lora])[0] for prompt, lora in zip(embeds, given, strict=True)], "adapters mixed answer otherwise than alone"
    print(f"{len(embeds)} rows together and alone, with and without {len(loras)} adapters: the same tokens")
    if len(sys.argv) > 2:
        w = {name: np.asarray(value) for name, value in np.load(sys.argv[2]).items()}
        off = max(np.abs(network_logits(w, ids, pictures) - logits).max() for (ids, pictures, _), logits in zip(made, whole, strict=True))
        print(f"JAX and ONNX logits differ by at most {off:.2e} (logits up to {max(np.abs(v).max() for v in whole):.1f})")


if __name__ == "__main__":
    main()
