"""How the reader's thresholds were chosen: the best mean Dice of hysteresis thresholding on phantom seeds 0 to 19.

    python tune.py

Prints a table of (low, high) pairs. The measured figures in card.md come from other seeds, through the platform's own reader.
"""

import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
from scipy.ndimage import label

from phantoms import phantom

MODEL = Path(__file__).resolve().parent.parent / 'model.onnx'


def session(path=MODEL):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=['CPUExecutionProvider'])


def hysteresis(strength, low, high, least):
    parts, count = label(strength > low, structure=np.ones((3, 3)))
    peak = np.zeros(count + 1)
    np.maximum.at(peak, parts.ravel(), strength.ravel())
    area = np.bincount(parts.ravel(), minlength=count + 1)
    keep = (peak > high) & (area >= least)
    keep[0] = False
    return keep[parts]


def main():
    run = session()
    cases = []
    for seed in range(20):
        pixels, mask, inside, truth = phantom(seed)
        began = time.time()
        strength, field, disc = run.run(None, {'image': pixels[None]})
        took = time.time() - began
        k, y, x = np.unravel_index(disc[0].argmax(), disc[0].shape)
        error = np.hypot(4 * x + 2 - truth['disc']['x'], 4 * y + 2 - truth['disc']['y']) / truth['disc']['radius']
        print(f"seed {seed} disc error {error:.2f} radii, k {k} {disc[0].max():.2f} r {truth['disc']['radius']/4:.1f}, {took:.2f} s", file=sys.stderr)
        cases.append((strength[0], mask, inside))
    for low in (0.6, 0.7, 0.8, 0.9, 1.0):
        for high in (1.0, 1.5):
            scores = []
            for strength, mask, inside in cases:
                found = hysteresis(strength, low, high, 60) & inside
                hit = (found & mask).sum()
                scores.append((2 * hit / (found.sum() + mask.sum()), hit / mask.sum(), (~found & ~mask & inside).sum() / (~mask & inside).sum()))
            print(low, high, 'dice %.3f sensitivity %.3f specificity %.3f' % tuple(np.mean(scores, 0)))


if __name__ == '__main__':
    main()
