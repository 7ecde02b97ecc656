"""The picture steps of MedServe's recipes, in numpy: the same numbers as libs/imaging/src/recipe (a spec holds them together)."""
import numpy as np
from scipy.sparse import csr_matrix


def taps(source: int, target: int) -> csr_matrix:
    """target x source matrix: area averages when shrinking, linear interpolation between pixel centres when growing."""
    ratio = source / target
    rows, columns, weights = [], [], []
    for i in range(target):
        if ratio > 1:
            start, end = i * ratio, min((i + 1) * ratio, source)
            for j in range(int(np.floor(start)), min(int(np.ceil(end)), source)):
                rows.append(i)
                columns.append(j)
                weights.append(max(0.0, min(j + 1, end) - max(j, start)) / (end - start))
        else:
            centre = min(max((i + 0.5) * ratio - 0.5, 0), source - 1)
            low = int(np.floor(centre))
            share = centre - low
            rows += [i, i]
            columns += [low, min(low + 1, source - 1)]
            weights += [1 - share, share]
    return csr_matrix((weights, (rows, columns)), shape=(target, source))


def resize(image: np.ndarray, width: int, height: int) -> np.ndarray:
    """uint8 [h, w, c] to uint8 [height, width, c], stretched; halves round up."""
    h, w, c = image.shape
    if (h, w) == (height, width):
        return image
    across = taps(w, width) @ image.transpose(1, 0, 2).reshape(w, h * c).astype(np.float64)
    down = taps(h, height) @ across.reshape(width, h, c).transpose(1, 0, 2).reshape(h, width * c)
    return np.floor(down.reshape(height, width, c) + 0.5).astype(np.uint8)


def rgb(image: np.ndarray) -> np.ndarray:
    """Grey [h, w] or RGB(A) [h, w, c] to RGB."""
    if image.ndim == 2:
        return np.repeat(image[..., None], 3, axis=2)
    return image[..., :3] if image.shape[2] >= 3 else np.repeat(image[..., :1], 3, axis=2)
