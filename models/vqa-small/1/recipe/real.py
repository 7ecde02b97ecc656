"""Variants of VQA-RAD's training images: other crops, windows and sharpness. Never mirrored: left and right are asked for."""

from pathlib import Path

import numpy as np
from PIL import Image

from pixels import SIDE, resize
from vqarad import Pair, grey_images, held_out, pairs

VARIANTS = 24
MIDDLE = (160, 160)
"""Variants are cut from images of this size: the originals are many times larger than what the model takes."""


def vary(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """uint8 [h, w] -> uint8 [SIDE, SIDE]: one plausible other picture of the same thing."""
    h, w = grey.shape
    if rng.random() < 0.85:
        ch, cw = (max(8, int(side * rng.uniform(0.82, 1))) for side in (h, w))
        y, x = rng.integers(0, h - ch + 1), rng.integers(0, w - cw + 1)
        grey = grey[y : y + ch, x : x + cw]
    if rng.random() < 0.25:
        small = int(rng.choice([64, 80]))
        grey = resize(grey, small, small)
    values = resize(grey).astype(np.float32)
    if rng.random() < 0.7:
        low, high = rng.uniform(-25, 25), 255 + rng.uniform(-40, 40)
        values = 255 * np.clip((values - low) / (high - low), 0, 1) ** np.exp(rng.uniform(-0.3, 0.3))
    if rng.random() < 0.3:
        values += rng.normal(0, rng.uniform(0, 8), values.shape)
    return np.clip(np.floor(values + 0.5), 0, 255).astype(np.uint8)


def training_part(data: Path) -> tuple[dict[str, np.ndarray], dict[str, list[Pair]]]:
    """Image name -> variants uint8 [VARIANTS, SIDE, SIDE] (the first is the image as it is served), and its pairs."""
    apart = held_out(data)
    known: dict[str, list[Pair]] = {}
    for pair in pairs(data):
        if pair.image not in apart:
            known.setdefault(pair.image, []).append(pair)
    rng = np.random.default_rng(17)
    pictures = {}
    for name, grey in grey_images(data, sorted(known)).items():
        small = np.asarray(Image.fromarray(grey).resize(MIDDLE, Image.Resampling.BOX))
        pictures[name] = np.stack([resize(grey), *(vary(small, rng) for _ in range(VARIANTS - 1))])
    return pictures, {name: known[name] for name in pictures}
