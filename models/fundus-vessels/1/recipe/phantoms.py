"""Synthetic fundus photographs with exact truth: vessel mask, optic disc, laterality, field.

No labelled fundus set may be used here, so the filter bank's thresholds are chosen on phantoms of one range of seeds and
measured on another. A phantom is drawn by Beer-Lambert absorption of tubes over a shaded, textured field; it is no picture
of an eye, and figures measured on it are an upper bound for real photographs.

    python phantoms.py FOLDER FIRST_SEED COUNT

writes SEED.rgb (raw rows of RGB bytes), SEED.mask (one byte a pixel) and SEED.json.
"""

import io
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter


def smooth_noise(rng, shape, sigma):
    noise = gaussian_filter(rng.standard_normal(shape), sigma)
    return noise / (noise.std() + 1e-9)


def grow(rng, start, heading, width, length, bend, target, segments, depth=0):
    """One vessel as a persistent random walk that is drawn towards `target` heading; branches as it goes."""
    x, y = start
    step = 1.0
    travelled = 0.0
    curvature = 0.0
    next_branch = rng.uniform(0.12, 0.3) * length
    contrast = rng.uniform(0.75, 1.1)
    while travelled < length and width > 1.2:
        curvature += rng.normal(0, 0.004) - 0.06 * curvature
        heading += curvature + bend * np.sin(target - heading)
        x += step * np.cos(heading)
        y += step * np.sin(heading)
        travelled += step
        width *= 1 - 0.6 * step / length
        segments.append((x, y, width / 2, contrast))
        if travelled > next_branch and depth < 4 and width > 2.0:
            side = rng.choice([-1, 1])
            share = rng.uniform(0.45, 0.8)
            grow(rng, (x, y), heading + side * rng.uniform(0.45, 1.0), width * share, (length - travelled) * rng.uniform(0.5, 0.9),
                 bend * 0.3, heading + side * rng.uniform(0.2, 0.8), segments, depth + 1)
            width *= (1 - 0.35 * share)
            next_branch = travelled + rng.uniform(0.1, 0.3) * length


def stamp(segments, height, width):
    """Optical path through the tubes (0 to 1, relative to the widest of its kind), and the exact mask."""
    depth = np.zeros((height, width), np.float32)
    mask = np.zeros((height, width), bool)
    for x, y, radius, contrast in segments:
        reach = int(np.ceil(radius + 1.5))
        x0, x1 = int(x) - reach, int(x) + reach + 1
        y0, y1 = int(y) - reach, int(y) + reach + 1
        if x0 < 0 or y0 < 0 or x1 > width or y1 > height:
            continue
        yy, xx = np.mgrid[y0:y1, x0:x1]
        distance = np.hypot(xx + 0.5 - x, yy + 0.5 - y)
        cover = np.clip(radius + 0.5 - distance, 0, 1)
        chord = np.sqrt(np.clip(1 - (distance / (radius + 0.5)) ** 2, 0, 1))
        # Thin vessels absorb less: the path through a tube grows with its calibre.
        strength = contrast * min(1.0, 0.35 + 0.16 * radius)
        patch = depth[y0:y1, x0:x1]
        np.maximum(patch, cover * (0.5 + 0.5 * chord) * strength, out=patch)
        mask[y0:y1, x0:x1] |= distance <= max(radius, 0.6)
    return depth, mask


def phantom(seed):
    rng = np.random.default_rng(seed)
    longest = 768
    clipped = rng.random() < 0.4
    field = rng.uniform(0.9, 0.98) * longest
    width = longest
    height = int(longest * rng.uniform(0.75, 0.9)) if clipped else longest
    cx, cy = width / 2 + rng.normal(0, 4), height / 2 + rng.normal(0, 4)
    radius = field / 2
    yy, xx = np.mgrid[0:height, 0:width]
    rho = np.hypot(xx + 0.5 - cx, yy + 0.5 - cy)
    inside = rho <= radius

    eye = 'R' if rng.random() < 0.5 else 'L'
    side = 1 if eye == 'R' else -1
    centred = rng.random() < 0.2
    disc_radius = field * rng.uniform(0.065, 0.095)
    offset = rng.uniform(0, 0.06) if centred else rng.uniform(0.42, 0.72)
    dx = cx + side * offset * radius
    dy = cy + rng.normal(0, 0.05) * radius
    fovea = (dx - side * disc_radius * 5.0, dy + 0.3 * disc_radius)

    segments = []
    scale = field / 768
    for vertical in (-1, 1):
        for _ in range(2):
            # temporal arcade: leaves upwards or downwards, bends round the fovea
            grow(rng, (dx + rng.normal(0, 3), dy), vertical * (np.pi / 2 + side * rng.uniform(0.0, 0.5)), rng.uniform(8, 13) * scale,
                 radius * rng.uniform(1.5, 2.1), 0.006, vertical * (np.pi / 2 + side * rng.uniform(1.0, 1.5)), segments)
            # nasal branch
            grow(rng, (dx + rng.normal(0, 3), dy), vertical * (np.pi / 2 - side * rng.uniform(0.2, 0.9)), rng.uniform(5, 9) * scale,
                 radius * rng.uniform(0.8, 1.4), 0.004, vertical * (np.pi / 2 - side * rng.uniform(0.6, 1.4)), segments)
        # small vessel towards the fovea
        grow(rng, (dx, dy), (np.pi if side > 0 else 0) - side * vertical * rng.uniform(0.3, 0.7), rng.uniform(2.5, 4) * scale,
             radius * 0.7, 0.002, np.pi if side > 0 else 0, segments)
    depth, mask = stamp(segments, height, width)
    mask &= inside

    shade = 1 - rng.uniform(0.15, 0.5) * (rho / radius) ** 2 + rng.uniform(0, 0.2) * (xx - cx) / radius * rng.choice([-1, 1])
    shade *= 1 + 0.03 * smooth_noise(rng, (height, width), 25) + 0.015 * smooth_noise(rng, (height, width), 6)
    base = np.array([rng.uniform(0.62, 0.88), rng.uniform(0.28, 0.42), rng.uniform(0.1, 0.22)])
    image = shade[..., None] * base
    macula = np.exp(-((xx - fovea[0]) ** 2 + (yy - fovea[1]) ** 2) / (2 * (1.1 * disc_radius) ** 2))
    image *= 1 - macula[..., None] * np.array([0.15, rng.uniform(0.25, 0.45), 0.2])
    tall = rng.uniform(1.0, 1.15)
    disc_rho = np.hypot((xx + 0.5 - dx), (yy + 0.5 - dy) / tall) / disc_radius
    edge = 1 / (1 + np.exp((disc_rho - 1) * rng.uniform(8, 20)))
    cup = 1 / (1 + np.exp((disc_rho - rng.uniform(0.3, 0.55)) * 10))
    pallor = np.array([rng.uniform(0.9, 1.0), rng.uniform(0.6, 0.8), rng.uniform(0.3, 0.5)])
    strength = rng.uniform(0.55, 0.95)
    image = image * (1 - strength * edge[..., None]) + strength * edge[..., None] * pallor * np.clip(shade, 0.5, 1.2)[..., None]
    image += cup[..., None] * np.array([0.05, 0.12, 0.12])

    # lesions and reflections: none of them is a vessel
    for _ in range(rng.integers(0, 10)):
        angle, away = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.85) * radius
        ex, ey, size = cx + away * np.cos(angle), cy + away * np.sin(angle), rng.uniform(2, 8)
        blob = np.exp(-(((xx - ex) / size) ** 2 + ((yy - ey) / (size * rng.uniform(0.6, 1.4))) ** 2))[..., None]
        if rng.random() < 0.5:
            image = image * (1 - 0.6 * blob) + 0.6 * blob * np.array([0.95, 0.85, 0.45])
        else:
            image *= 1 - blob * np.array([0.25, 0.4, 0.2])
    absorb = np.array([rng.uniform(0.12, 0.3), rng.uniform(0.4, 0.75), rng.uniform(0.15, 0.4)])
    image = image * np.exp(-depth[..., None] * absorb)
    image = gaussian_filter(image, (rng.uniform(0.5, 1.1),) * 2 + (0,))
    image += rng.normal(0, rng.uniform(0.004, 0.018), image.shape)
    image[~inside] = rng.uniform(0, 0.02)
    pixels = (np.clip(image, 0, 1) * 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, 'JPEG', quality=int(rng.integers(80, 97)))
    pixels = np.asarray(Image.open(buffer))
    truth = {
        'seed': seed, 'width': width, 'height': height, 'eye': None if centred else eye,
        'disc': {'x': dx, 'y': dy, 'radius': disc_radius}, 'fieldDiameter': field,
        'vesselShare': float(mask.sum() / inside.sum()),
    }
    return pixels, mask, inside, truth


def main():
    folder, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(first, first + count):
        pixels, mask, _, truth = phantom(seed)
        (folder / f'{seed}.rgb').write_bytes(pixels.tobytes())
        (folder / f'{seed}.mask').write_bytes(mask.astype(np.uint8).tobytes())
        (folder / f'{seed}.json').write_text(json.dumps(truth))


if __name__ == '__main__':
    main()
