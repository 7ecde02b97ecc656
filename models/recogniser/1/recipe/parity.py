"""Writes the fixture that holds the platform's resize and this recipe's together: python parity.py > libs/imaging/src/recipe/parity.fixture.json"""
import base64
import json

import numpy as np

from pixels import resize

CASES = [(37, 53, 3, 16, 16), (20, 9, 3, 31, 24), (64, 48, 1, 28, 60)]


def pattern(width: int, height: int, channels: int) -> np.ndarray:
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    return ((x * 7 + y * 13 + c * 31 + (x * y) % 17 * 9) % 256).astype(np.uint8)


print(
    json.dumps(
        [
            {
                "from": {"width": w, "height": h, "channels": c},
                "to": {"width": tw, "height": th},
                "base64": base64.b64encode(resize(pattern(w, h, c), tw, th).tobytes()).decode(),
            }
            for w, h, c, tw, th in CASES
        ],
        indent=2,
    )
)
