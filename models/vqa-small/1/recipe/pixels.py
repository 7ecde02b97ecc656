"""The picture steps of MedServe's recipes, in numpy: the same numbers as libs/imaging/src/recipe.

The package's recipe is `window` (8-bit pictures pass unchanged), `colour` to grey, `resize` stretched, `layout`.
"""

from functools import lru_cache

import numpy as np

SIDE = 96


def to_grey(image: np.ndarray) -> np.ndarray:
    """uint8 [h, w] or RGB [h, w, 3] to luma (ITU-R BT.601), halves up."""
    if image.ndim == 2:
        return image
    r, g, b = (image[..., channel].astype(np.float64) for channel in range(3))
    return np.floor(0.299 * r + 0.587 * g + 0.114 * b + 0.5).astype(np.uint8)


@lru_cache(maxsize=4096)
def taps(source: int, target: int) -> np.ndarray:
    """target x source matrix: area averages when shrinking, linear interpolation between pixel centres when growing."""
    ratio, pixel, out = source / target, np.arange(source), np.arange(target)[:, None]
    if ratio > 1:
        start, end = out * ratio, np.minimum((out + 1) * ratio, source)
        return np.maximum(0.0, np.minimum(pixel + 1, end) - np.maximum(pixel, start)) / (end - start)
    centre = np.clip((out + 0.5) * ratio - 0.5, 0, source - 1)
    low = np.floor(centre)
    share = centre - low
    return (pixel == low) * (1 - share) + (pixel == np.minimum(low + 1, source - 1)) * share


def resize(grey: np.ndarray, width: int = SIDE, height: int = SIDE) -> np.ndarray:
    """uint8 [h, w] to uint8 [height, width], stretched; halves round up."""
    h, w = grey.shape
    if (h, w) == (height, width):
        return grey
    across = grey.astype(np.float64) @ taps(w, width).T
    return np.floor(taps(h, height) @ across + 0.5).astype(np.uint8)


def prepared(image: np.ndarray) -> np.ndarray:
    """An 8-bit picture of any size as the model takes it: uint8 [96, 96]."""
    return resize(to_grey(image))
