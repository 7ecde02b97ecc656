"""Block-wise whole numbers as MatMulNBits and GatherBlockQuantized of ONNX Runtime read them: w = (code - zero) * scale."""

from dataclasses import dataclass

import numpy as np

BLOCK = 32


@dataclass(frozen=True)
class Packed:
    """codes uint8 [out, blocks, bytes], scales float32 [out, blocks], zeros uint8 (without: the middle of the range)."""

    bits: int
    codes: np.ndarray
    scales: np.ndarray
    zeros: np.ndarray | None = None


def int8(matrix: np.ndarray) -> Packed:
    """[out, in]. Exact for what was Q8_0."""
    blocks = matrix.reshape(matrix.shape[0], -1, BLOCK)
    scales = (np.abs(blocks).max(-1) / 127).astype(np.float32)
    unit = np.where(scales == 0, 1, scales)
    return Packed(8, (np.rint(blocks / unit[..., None]) + 128).astype(np.uint8), scales)


def int4(matrix: np.ndarray) -> Packed:
    """[out, in]. Each block gets a new grid: the file's have a minimum that is no multiple of their scale, and ONNX Runtime multiplies
    whole numbers only with whole zero points. Of some scales around the plain one, that with the least squared error is taken."""
    blocks = matrix.reshape(matrix.shape[0], -1, BLOCK)
    low, high = np.minimum(blocks.min(-1), 0), np.maximum(blocks.max(-1), 0)
    plain = np.maximum((high - low) / 15, np.finfo(np.float32).tiny)
    least = np.full(plain.shape, np.inf, np.float32)
    scales, zeros = plain, np.zeros_like(plain)
    for stretch in np.linspace(0.84, 1.08, 13, dtype=np.float32):
        scale = plain * stretch
        for whole in (np.floor, np.ceil):
            zero = np.clip(whole(-low / scale), 0, 15)
            error = ((blocks - (_codes(blocks, scale, zero) - zero[..., None]) * scale[..., None]) ** 2).sum(-1)
            better = error < least
            least, scales, zeros = (np.where(better, new, old) for new, old in ((error, least), (scale, scales), (zero, zeros)))
    codes = _codes(blocks, scales, zeros).astype(np.uint8)
    odd = zeros.shape[1] % 2
    return Packed(4, _pairs(codes), scales, _pairs(np.pad(zeros.astype(np.uint8), ((0, 0), (0, odd)))))


def _codes(blocks: np.ndarray, scale: np.ndarray, zero: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(blocks / scale[..., None] + zero[..., None]), 0, 15)


def _pairs(codes: np.ndarray) -> np.ndarray:
    """Two 4-bit numbers a byte, the first one low."""
    return codes[..., 0::2] | (codes[..., 1::2] << 4)
