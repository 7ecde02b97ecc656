"""Holds ../model.onnx against computations that share no code with it.

    python check.py [IMAGE]

1. Colour deconvolution: the graph's haematoxylin and counterstain against a least-squares solution by numpy, pixel by pixel.
2. With IMAGE: the haematoxylin map against scikit-image's rgb2hed, which solves for three stains at once (H, E, DAB) with
   the same vectors, by correlation; and a second count of nuclei: Otsu's threshold on that map, distance transform, peaks.
"""

import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image
from scipy import ndimage
from skimage.color import rgb2hed
from skimage.feature import peak_local_max
from skimage.filters import gaussian, threshold_otsu
from skimage.segmentation import watershed

from phantoms import DAB, E, H, phantom

session = onnxruntime.InferenceSession(str(Path(__file__).resolve().parent.parent / 'model.onnx'), providers=['CPUExecutionProvider'])
NAMES = [output.name for output in session.get_outputs()]


def run(pixels):
    return dict(zip(NAMES, session.run(None, {'image': pixels[None]})))


def separate(pixels, white, second):
    density = -np.log10(np.maximum(pixels, 1) / white).reshape(-1, 3)
    stains = np.stack([v / np.linalg.norm(v) for v in (H, second)], axis=1)
    return np.linalg.lstsq(stains, density.T, rcond=None)[0].reshape(2, *pixels.shape[:2])


def main():
    for seed in range(5):
        pixels, _, truth = phantom(seed)
        out = run(pixels)
        expected = separate(pixels.astype(float), out['white'][0].astype(float), E if out['is_h_and_e'][0] else DAB)
        worst = max(abs(expected[0] - out['haematoxylin'][0]).max(), abs(expected[1] - out['counterstain'][0]).max())
        print(f"seed {seed} {truth['kind']}: largest difference of a density {worst:.1e}")
        assert worst < 1e-4
    if len(sys.argv) < 2:
        return
    pixels = np.asarray(Image.open(sys.argv[1]).convert('RGB'))
    hed = rgb2hed(pixels)
    print(f"correlation with rgb2hed's haematoxylin: {np.corrcoef(hed[..., 0].ravel(), run(pixels)['haematoxylin'][0].ravel())[0, 1]:.3f}")
    for name, map_ in (('rgb2hed', hed[..., 0] * 6), ('this model', run(pixels)['haematoxylin'][0])):
        smooth = gaussian(map_, 1.5)
        mask = ndimage.binary_opening(smooth > threshold_otsu(smooth), iterations=2)
        distance = gaussian(ndimage.distance_transform_edt(mask), 1)
        peaks = peak_local_max(distance, min_distance=5, labels=ndimage.label(mask)[0])
        markers = np.zeros(mask.shape, int)
        markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
        sizes = np.bincount(watershed(-distance, markers, mask=mask).ravel())[1:]
        print(f'second count, by Otsu and distance peaks on the map of {name}: {(sizes >= 25).sum()} nuclei')


if __name__ == '__main__':
    main()
