"""Block-wise 8-bit weights, as MatMulNBits and GatherBlockQuantized of ONNX Runtime read them."""

import numpy as np

MIDDLE = 128


def int8(matrix: np.ndarray, block: int) -> tuple[np.ndarray, np.ndarray]:
    """float [out, in] -> codes uint8 [out, in / block, block], scales float32 [out, in / block]: w = (code - 128) * scale."""
    out, inner = matrix.shape
    if inner % block:
        raise ValueError(f"{inner} columns are no whole number of blocks of {block}")
    blocks = matrix.reshape(out, inner // block, block)
    scales = (np.abs(blocks).max(-1) / (MIDDLE - 1)).astype(np.float32)
    # A block of zeros has no scale of its own; any will do.
    unit = np.where(scales == 0, 1, scales)
    return (np.rint(blocks / unit[..., None]) + MIDDLE).astype(np.uint8), scales
