"""Synthetic stained tissue tiles with exact truth: nuclei, stain concentrations, DAB-positive share of the tissue.

No set with counted nuclei may be used here, so thresholds are chosen on phantoms of one range of seeds and measured on another.
A phantom is painted in stain concentrations and turned into light by Beer-Lambert, with stain colours that differ from the
ones that the model assumes; it is no picture of tissue, and figures measured on it are an upper bound for real tiles.

    python phantoms.py FOLDER FIRST_SEED COUNT

writes SEED.rgb (raw rows of RGB bytes), SEED.h (haematoxylin, 32-bit floats) and SEED.json.
"""

import io
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

H = np.array([0.65, 0.70, 0.29])
E = np.array([0.07, 0.99, 0.11])
DAB = np.array([0.27, 0.57, 0.78])
DAB_POSITIVE = 0.2  # optical density (base 10) from which a pixel counts as positive
KINDS = ['he', 'dab-cytoplasm', 'dab-membrane', 'dab-nuclei', 'h-only']


def smooth_noise(rng, size, sigma):
    noise = gaussian_filter(rng.standard_normal((size, size)), sigma)
    return noise / noise.std()


def tilted(rng, vector, degrees):
    vector = vector / np.linalg.norm(vector)
    push = rng.standard_normal(3)
    push -= push @ vector * vector
    push /= np.linalg.norm(push)
    angle = np.radians(abs(rng.normal(0, degrees)))
    turned = np.clip(np.cos(angle) * vector + np.sin(angle) * push, 0.01, None)
    return turned / np.linalg.norm(turned)


def place(rng, size, typical, coverage, tissue):
    """Ellipses that may touch but hardly overlap: (x, y, a, b, angle)."""
    placed = []
    wanted = int(coverage * tissue.sum() / (np.pi * typical**2))
    axis = rng.uniform(0, np.pi)
    for _ in range(wanted * 12):
        if len(placed) >= wanted:
            break
        x, y = rng.uniform(0, size, 2)
        if not tissue[int(y), int(x)]:
            continue
        radius = typical * np.exp(rng.normal(0, 0.15))
        ratio = rng.uniform(1, 1.9)
        a, b = radius * np.sqrt(ratio), radius / np.sqrt(ratio)
        if any(np.hypot(x - u, y - v) < 0.8 * (np.sqrt(a * b) + np.sqrt(c * d)) + 0.5 for u, v, c, d, _ in placed):
            continue
        placed.append((x, y, a, b, axis + rng.normal(0, 0.5)))
    return placed


def phantom(seed):
    rng = np.random.default_rng(seed)
    size = 512
    kind = KINDS[seed % len(KINDS)]
    typical = rng.uniform(4.5, 12)
    tissue = smooth_noise(rng, size, 40) > rng.choice([-9, -1.2, -0.6])
    soft = gaussian_filter(tissue.astype(float), 1.5)
    haematoxylin = soft * np.clip(rng.uniform(0.02, 0.1) + 0.03 * smooth_noise(rng, size, 4), 0.01, None)
    dab = np.zeros((size, size))
    eosin = np.zeros((size, size))
    yy, xx = np.mgrid[0:size, 0:size] + 0.5
    nuclei = place(rng, size, typical, rng.uniform(0.04, 0.22), tissue)
    depth = rng.uniform(0.35, 0.8)
    texture = 1 + 0.15 * smooth_noise(rng, size, 1.5)
    nuclear = np.zeros((size, size))
    browned = []
    brown_share = rng.uniform(0.1, 0.6)
    for x, y, a, b, angle in nuclei:
        reach = int(a + 4)
        box = np.s_[max(0, int(y) - reach):int(y) + reach + 1, max(0, int(x) - reach):int(x) + reach + 1]
        u, v = xx[box] - x, yy[box] - y
        rho = np.hypot((u * np.cos(angle) + v * np.sin(angle)) / a, (-u * np.sin(angle) + v * np.cos(angle)) / b)
        cover = np.clip((1.08 - rho) * np.sqrt(a * b) / 1.6, 0, 1)
        np.maximum(nuclear[box], cover, out=nuclear[box])
        strength = depth * np.exp(rng.normal(0, 0.2))
        if kind == 'dab-nuclei' and rng.random() < brown_share:
            np.maximum(dab[box], cover * rng.uniform(0.5, 1.1), out=dab[box])
            strength *= 0.5
            browned.append(True)
        else:
            browned.append(False)
        np.maximum(haematoxylin[box], cover * strength, out=haematoxylin[box])
    haematoxylin *= np.clip(texture, 0.5, 1.5)
    if kind == 'he':
        eosin = soft * np.clip(rng.uniform(0.12, 0.4) * (1 + 0.35 * smooth_noise(rng, size, 6)), 0.02, None) * (1 - 0.5 * nuclear)
    if kind in ('dab-cytoplasm', 'dab-membrane'):
        patch = smooth_noise(rng, size, 30) > rng.uniform(-0.3, 0.9)
        patch = gaussian_filter((patch & tissue).astype(float), 1.2)
        amount = rng.uniform(0.35, 0.8)
        if kind == 'dab-cytoplasm':
            dab = amount * patch * np.clip(1 + 0.25 * smooth_noise(rng, size, 3), 0.2, None) * (1 - 0.75 * nuclear)
        else:
            ridge = np.exp(-(smooth_noise(rng, size, typical * 0.9) / 0.25) ** 2)
            dab = amount * patch * np.clip(0.12 + ridge, 0, 1.2) * (1 - 0.75 * nuclear)
    if kind.startswith('dab'):
        dab += soft * 0.02
    colours = [tilted(rng, H, 3), tilted(rng, E, 3), tilted(rng, DAB, 3)]
    density = sum(amount[..., None] * colour for amount, colour in zip((haematoxylin, eosin, dab), colours))
    density = gaussian_filter(density, (rng.uniform(0.5, 1.0),) * 2 + (0,))
    white = rng.uniform(228, 252) * np.array([1, rng.uniform(0.985, 1.0), rng.uniform(0.97, 1.0)])
    shade = 1 - rng.uniform(0, 0.05) * ((xx / size - 0.5) ** 2 + (yy / size - 0.5) ** 2)
    light = white * shade[..., None] * 10**-density
    light += rng.normal(0, rng.uniform(1, 4), light.shape)
    pixels = np.clip(np.round(light), 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, 'JPEG', quality=int(rng.integers(80, 97)), subsampling=0)
    pixels = np.asarray(Image.open(buffer))
    truth = {
        'seed': seed, 'kind': kind, 'width': size, 'height': size, 'typicalRadius': typical,
        'nuclei': [{'x': x, 'y': y, 'radius': float(np.sqrt(a * b)), 'brown': brown} for (x, y, a, b, _), brown in zip(nuclei, browned)],
        'dabShare': float((tissue & (dab >= DAB_POSITIVE)).sum() / tissue.sum()),
    }
    return pixels, haematoxylin, truth


def main():
    folder, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(first, first + count):
        pixels, haematoxylin, truth = phantom(seed)
        (folder / f'{seed}.rgb').write_bytes(pixels.tobytes())
        (folder / f'{seed}.h').write_bytes(haematoxylin.astype(np.float32).tobytes())
        (folder / f'{seed}.json').write_text(json.dumps(truth))


if __name__ == '__main__':
    main()
