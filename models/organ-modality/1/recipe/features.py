"""Reads images, varies them, and runs the backbone: what training and export share."""
from pathlib import Path

import numpy as np
import onnxruntime as ort
from PIL import Image

from pixels import resize, rgb

SIDE = 224


def read(path: Path) -> np.ndarray:
    """An 8-bit image file as uint8 RGB [h, w, 3]."""
    return np.array(Image.open(path).convert("RGB"))


def jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    from io import BytesIO

    buffer = BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return np.array(Image.open(BytesIO(buffer.getvalue())))


def crop(image: np.ndarray, rng: np.random.Generator, least: float) -> np.ndarray:
    h, w, _ = image.shape
    ch, cw = (max(8, int(side * rng.uniform(least, 1))) for side in (h, w))
    y, x = rng.integers(0, h - ch + 1), rng.integers(0, w - cw + 1)
    return image[y : y + ch, x : x + cw]


def tone(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another display window and gamma."""
    low, high = rng.uniform(-30, 30), 255 + rng.uniform(-50, 50)
    values = np.clip((image.astype(np.float32) - low) / (high - low), 0, 1) ** np.exp(rng.uniform(-0.35, 0.35))
    return (values * 255 + 0.5).astype(np.uint8)


def trim(image: np.ndarray) -> np.ndarray:
    """Cuts dark margins away."""
    grey = image.max(axis=2) > 24
    rows, columns = np.flatnonzero(grey.mean(1) > 0.02), np.flatnonzero(grey.mean(0) > 0.02)
    if len(rows) < 16 or len(columns) < 16:
        return image
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def vary(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One plausible other picture of the same thing."""
    if rng.random() < 0.35:
        image = trim(image)
    if rng.random() < 0.8:
        image = crop(image, rng, 0.7)
    if rng.random() < 0.3:
        pad = [int(rng.uniform(0, 0.25) * side) for side in (image.shape[0], image.shape[0], image.shape[1], image.shape[1])]
        image = np.pad(image, ((pad[0], pad[1]), (pad[2], pad[3]), (0, 0)))
    if rng.random() < 0.5:
        image = image[:, ::-1]
    if rng.random() < 0.25:
        small = int(rng.choice([28, 48, 64, 96, 128]))
        image = resize(image, small, small)
    if rng.random() < 0.6:
        image = tone(image, rng)
    if rng.random() < 0.3:
        image = jpeg(np.ascontiguousarray(image), int(rng.integers(40, 95)))
    return image


class Backbone:
    """EfficientNet-Lite0: uint8 RGB images of any size to embeddings [n, 1280], as the packaged graph computes them."""

    def __init__(self, data: Path, threads: int = 2):
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = ort.InferenceSession(str(data / "models" / "efficientnet-lite0" / "model.onnx"), options)

    def __call__(self, images: list[np.ndarray], chunk: int = 16) -> np.ndarray:
        parts = []
        for at in range(0, len(images), chunk):
            batch = np.stack([resize(rgb(image), SIDE, SIDE) for image in images[at : at + chunk]])
            parts.append(self.session.run(["embedding"], {"pixels": (batch.astype(np.float32) / 127.5 - 1).transpose(0, 3, 1, 2)})[0])
        return np.concatenate(parts)
