"""Drawn images of known kind: fundus photographs, stained tissue, and things that are no medical image at all.

They carry what makes the kind (colours, geometry, texture), with everything else varied as widely as it occurs. None is judged.
"""
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from scipy.ndimage import gaussian_filter, zoom

Rng = np.random.Generator

HAEMATOXYLIN = np.array([0.65, 0.70, 0.29])  # Ruifrok and Johnston 2001, with eosin and DAB
EOSIN = np.array([0.07, 0.99, 0.11])
DAB = np.array([0.27, 0.57, 0.78])


def clouds(rng: Rng, h: int, w: int, cells: int, octaves: int = 3) -> np.ndarray:
    """Smooth noise in 0..1 with structures of about 1/cells of the image."""
    total = np.zeros((h, w), np.float32)
    for octave in range(octaves):
        n = cells * 2**octave
        grid = rng.random((n + 3, n + 3)).astype(np.float32)
        total += zoom(grid, ((h + 0.5) / (n + 3), (w + 0.5) / (n + 3)), order=1, grid_mode=True, mode="nearest")[:h, :w] / 2**octave
    return (total - total.min()) / max(float(np.ptp(total)), 1e-6)


def finish(image: np.ndarray, rng: Rng) -> np.ndarray:
    """Camera: blur, noise, then 8 bit."""
    image = gaussian_filter(image, (rng.uniform(0, 1.2),) * 2 + (0,))
    image = image + rng.normal(0, rng.uniform(0, 5), image.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def _branch(draw: ImageDraw.ImageDraw, rng: Rng, x: float, y: float, angle: float, width: float, left: float, bend: float) -> None:
    step = 5.0
    while left > 0 and width > 0.6:
        nx, ny = x + step * np.cos(angle), y + step * np.sin(angle)
        draw.line((x, y, nx, ny), fill=255, width=max(1, round(width)))
        x, y, left = nx, ny, left - step
        angle += rng.normal(0, 0.09) + bend
        if rng.random() < 0.05:
            side = rng.choice([-1, 1])
            _branch(draw, rng, x, y, angle + side * rng.uniform(0.4, 1.0), width * rng.uniform(0.5, 0.8), left * 0.7, rng.normal(0, 0.01))
            width *= 0.9
            angle -= side * 0.15


def fundus(rng: Rng) -> np.ndarray:
    """A fundus photograph: coloured disc on black, optic disc, vessels from it, macula, now and then lesions."""
    h = int(rng.integers(260, 460))
    w = int(h * rng.choice([1.0, 1.0, 1.25, 1.33, 1.5]))
    radius = h * rng.choice([rng.uniform(0.40, 0.5), rng.uniform(0.5, 0.62), rng.uniform(0.8, 1.1)], p=[0.5, 0.4, 0.1])
    cy, cx = h / 2 + rng.normal(0, 4), w / 2 + rng.normal(0, 6)
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    away = np.hypot(yy - cy, xx - cx) / radius
    red = rng.uniform(110, 245)
    base = np.array([red, red * rng.uniform(0.25, 0.68), red * rng.uniform(0.03, 0.45)])
    light = 1 - rng.uniform(0.05, 0.55) * away**2 + rng.uniform(-0.25, 0.25) * (xx - cx) / radius + rng.uniform(-0.2, 0.2) * (yy - cy) / radius
    light = light * (0.85 + 0.3 * clouds(rng, h, w, int(rng.integers(2, 7))))
    image = base * light[..., None]
    image[..., 1] *= 0.85 + 0.3 * clouds(rng, h, w, int(rng.integers(8, 24)))
    side = rng.choice([-1, 1])
    dx, dy = cx + side * radius * rng.uniform(0.0, 0.75), cy + radius * rng.normal(0, 0.08)
    vessels = Image.new("L", (w, h))
    draw = ImageDraw.Draw(vessels)
    for up in (-1, 1):
        for way in (-1, 1):
            for _ in range(int(rng.integers(1, 4))):
                angle = up * np.pi / 2 + way * rng.uniform(-0.2, 0.9) * up
                _branch(draw, rng, dx, dy, angle, h * rng.uniform(0.008, 0.02), radius * rng.uniform(1.0, 2.1), way * up * -rng.uniform(0.0, 0.02))
    alpha = gaussian_filter(np.asarray(vessels, np.float32) / 255, h * 0.0025) * rng.uniform(0.25, 0.75)
    image *= 1 - alpha[..., None] * np.array([0.45, 0.75, 0.6])
    macula = np.exp(-(((xx - (cx - side * radius * 0.15)) ** 2 + (yy - cy) ** 2) / (2 * (radius * rng.uniform(0.1, 0.22)) ** 2)))
    image *= 1 - macula[..., None] * rng.uniform(0.1, 0.5)
    size = radius * rng.uniform(0.12, 0.2)
    disc = 1 / (1 + np.exp((np.hypot((xx - dx) / 0.92, yy - dy) - size) / (size * 0.12)))
    glow = np.array([255, rng.uniform(190, 250), rng.uniform(90, 210)]) * rng.uniform(0.75, 1.0)
    strength = disc[..., None] * rng.uniform(0.5, 0.95)
    image = image * (1 - strength * (1 - 0.5 * alpha[..., None])) + glow * strength * (1 - 0.5 * alpha[..., None])
    if rng.random() < 0.35:
        for _ in range(int(rng.integers(3, 40))):
            px, py, s = rng.normal(cx, radius / 2.5), rng.normal(cy, radius / 2.5), rng.uniform(1, 6)
            spot = np.exp(-((xx - px) ** 2 + (yy - py) ** 2) / (2 * s * s))[..., None]
            image = image * (1 - 0.7 * spot) + 0.7 * spot * (np.array([250, 230, 130]) if rng.random() < 0.5 else np.array([110, 20, 10]))
    inside = 1 / (1 + np.exp((away - 1) * radius / rng.uniform(0.6, 3)))
    image = image * inside[..., None] + rng.uniform(0, 14) * (1 - inside[..., None])
    if rng.random() < 0.15:
        image = np.repeat(image[..., 1:2], 3, axis=2) * rng.uniform(1, 1.8)
    return finish(image, rng)


def _stain(rng: Rng, vector: np.ndarray) -> np.ndarray:
    vector = np.clip(vector + rng.normal(0, 0.09, 3), 0.02, None)
    return vector / np.linalg.norm(vector)


def _nuclei(rng: Rng, h: int, w: int, count: int, size: float) -> tuple[np.ndarray, np.ndarray]:
    """Densities of nuclei and of a ring around each."""
    scale = 2
    body, ring = Image.new("L", (w * scale, h * scale)), Image.new("L", (w * scale, h * scale))
    crowd = clouds(rng, h, w, int(rng.integers(2, 6)))
    for _ in range(count):
        x, y = rng.integers(0, w), rng.integers(0, h)
        if rng.random() > crowd[y, x] * 1.4:
            continue
        a, b = size * rng.uniform(0.6, 1.4) * scale, size * rng.uniform(0.5, 1.1) * scale
        box = Image.new("L", (int(6 * a) + 4,) * 2)
        middle = box.size[0] / 2
        ImageDraw.Draw(box).ellipse((middle - a, middle - b, middle + a, middle + b), fill=int(rng.uniform(120, 255)))
        turned = box.rotate(rng.uniform(0, 180))
        at = (int(x * scale - middle), int(y * scale - middle))
        body.paste(255, at, turned)
        grown = turned.filter(ImageFilter.MaxFilter(2 * max(1, int(size * 0.4)) + 1)) if size > 2 else turned
        ring.paste(255, at, grown)
    fit = lambda image: np.asarray(image.resize((w, h), Image.BILINEAR), np.float32) / 255  # noqa: E731
    return fit(body), np.clip(fit(ring) - fit(body), 0, 1)


def tissue(rng: Rng) -> np.ndarray:
    """A field of stained tissue: H&E, immunohistochemistry with DAB, or a low-power overview."""
    h = int(rng.integers(224, 420))
    w = int(h * rng.choice([1.0, 1.0, 1.33]))
    size = rng.uniform(1.5, 9)
    body, ring = _nuclei(rng, h, w, int(rng.uniform(0.15, 0.9) * h * w / (size * size * 5)), size)
    stroma = clouds(rng, h, w, int(rng.integers(3, 12)), 4)
    if rng.random() < 0.5:
        stretch = clouds(rng, h, w, int(rng.integers(20, 60)), 2)
        stroma = 0.5 * stroma + 0.5 * gaussian_filter(stretch, (rng.uniform(0, 4), rng.uniform(0, 4)))
    chromatin = 0.6 + 0.6 * clouds(rng, h, w, 60, 2)
    first, second = _stain(rng, HAEMATOXYLIN), _stain(rng, EOSIN if rng.random() < 0.5 else DAB)
    counter = body * chromatin * rng.uniform(0.5, 1.7) + stroma * rng.uniform(0.0, 0.3)
    other = stroma * rng.uniform(0.2, 0.9)
    if second[2] > 0.5:
        other = ring * rng.uniform(0, 1.6) * (clouds(rng, h, w, 3) > rng.uniform(0.2, 0.8)) + stroma * rng.uniform(0.03, 0.5)
        if rng.random() < 0.6:
            glands = clouds(rng, h, w, int(rng.integers(3, 14)), 2)
            wall = np.exp(-(((glands - rng.uniform(0.35, 0.65)) / rng.uniform(0.02, 0.08)) ** 2))
            other = other + wall * clouds(rng, h, w, int(rng.integers(3, 20))) * rng.uniform(0.3, 1.4)
            if rng.random() < 0.5:
                counter = counter + 0.25 * clouds(rng, h, w, int(rng.integers(20, 60)), 2) * rng.uniform(0.3, 1.5)
        if rng.random() < 0.4:
            epithelium = gaussian_filter((clouds(rng, h, w, int(rng.integers(2, 6)), 2) > rng.uniform(0.4, 0.6)).astype(np.float32), 1.5)
            strands = gaussian_filter(rng.random((h, w)).astype(np.float32), (rng.uniform(0.8, 5), rng.uniform(0.8, 2)))
            strands = np.clip(0.5 + (strands - strands.mean()) / (4 * strands.std()), 0, 1)
            other = other + epithelium * (0.2 + strands) * rng.uniform(0.5, 2.0)
        if rng.random() < 0.4:
            other = other + body * (clouds(rng, h, w, 4) > rng.uniform(0.3, 0.9)) * rng.uniform(0.4, 1.5)
    if rng.random() < 0.5:
        holes = clouds(rng, h, w, int(rng.integers(2, 10)), 2) > rng.uniform(0.55, 0.85)
        holes = gaussian_filter(holes.astype(np.float32), 1.5)
        counter, other = counter * (1 - holes), other * (1 - holes)
    if rng.random() < 0.2:
        shape = gaussian_filter((clouds(rng, h, w, 2, 2) > rng.uniform(0.35, 0.6)).astype(np.float32), 2)
        counter, other = counter * shape, other * shape
    density = counter[..., None] * first + other[..., None] * second
    white = rng.uniform(205, 255) * np.array([rng.uniform(0.95, 1), rng.uniform(0.95, 1), rng.uniform(0.94, 1)])
    return finish(white * np.exp(-density * rng.uniform(0.9, 1.5)), rng)


def text_lines(rng: Rng, draw: ImageDraw.ImageDraw, w: int, h: int, colour: tuple[int, ...]) -> None:
    size = int(rng.integers(9, 26))
    font = ImageFont.load_default(size)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz     ABCDEFG0123456789.,:-"))
    left = int(rng.integers(4, w // 4))
    for y in range(int(rng.integers(4, 40)), h - size, int(size * rng.uniform(1.2, 2))):
        if rng.random() < 0.85:
            draw.text((left, y), "".join(rng.choice(letters, int(rng.integers(5, 80)))), fill=colour, font=font)


def nothing(rng: Rng) -> np.ndarray:
    """No picture of anything: pages, screens, charts, drawings, gradients, noise, plain discs."""
    h, w = int(rng.integers(160, 420)), int(rng.integers(160, 520))
    colour = lambda: tuple(int(c) for c in rng.integers(0, 256, 3))  # noqa: E731
    kind = rng.integers(0, 9)
    if kind == 0:
        dark = rng.random() < 0.3
        image = Image.new("RGB", (w, h), (int(rng.integers(0, 40)),) * 3 if dark else (int(rng.integers(225, 256)),) * 3)
        text_lines(rng, ImageDraw.Draw(image), w, h, (int(rng.integers(180, 256)),) * 3 if dark else (int(rng.integers(0, 80)),) * 3)
    elif kind in (1, 2):
        image = Image.new("RGB", (w, h), colour() if rng.random() < 0.5 else (245, 246, 248))
        draw = ImageDraw.Draw(image)
        for _ in range(int(rng.integers(2, 18))):
            x, y = rng.integers(0, w), rng.integers(0, h)
            box = (int(x), int(y), int(x + rng.integers(5, w // 2 + 6)), int(y + rng.integers(5, h // 3 + 6)))
            (draw.rectangle if kind == 1 or rng.random() < 0.3 else draw.ellipse)(box, fill=colour(), outline=colour())
        if kind == 1:
            text_lines(rng, draw, w, h, colour())
    elif kind == 3:
        image = Image.new("RGB", (w, h), "white")
        draw = ImageDraw.Draw(image)
        draw.line((30, 10, 30, h - 20, w - 10, h - 20), fill=(40, 40, 40))
        for _ in range(int(rng.integers(1, 5))):
            xs = np.linspace(30, w - 12, int(rng.integers(5, 80)))
            ys = np.cumsum(rng.normal(0, h / 40, len(xs))) + h / 2
            draw.line([(float(x), float(y)) for x, y in zip(xs, ys)], fill=colour(), width=int(rng.integers(1, 4)))
    elif kind == 4:
        a, b = np.array(colour(), float), np.array(colour(), float)
        yy, xx = np.mgrid[0:h, 0:w]
        t = np.clip((xx * rng.uniform(-1, 1) / w + yy * rng.uniform(-1, 1) / h) + 0.5, 0, 1)
        if rng.random() < 0.4:
            t = np.clip(np.hypot(xx - w / 2, yy - h / 2) / (rng.uniform(0.4, 1) * h), 0, 1)
        return finish(a * t[..., None] + b * (1 - t[..., None]), rng)
    elif kind == 5:
        noise = rng.random((h, w, 3 if rng.random() < 0.6 else 1)) * 255
        noise = gaussian_filter(noise, (rng.uniform(0, 4),) * 2 + (0,))
        noise = (noise - noise.mean()) * rng.uniform(1, 6) + rng.uniform(60, 200)
        return np.clip(np.broadcast_to(noise, (h, w, 3)), 0, 255).astype(np.uint8)
    elif kind == 6:
        planes = [clouds(rng, h, w, int(rng.integers(2, 12)), int(rng.integers(1, 5))) for _ in range(3)]
        if rng.random() < 0.4:
            planes = [planes[0]] * 3
        return finish(np.stack(planes, -1) * np.array([rng.uniform(80, 255) for _ in range(3)]), rng)
    elif kind == 7:
        cells = int(rng.integers(3, 24))
        board = np.indices((cells, cells)).sum(0) % 2
        a, b = np.array(colour()), np.array(colour())
        return np.kron(np.where(board[..., None] == 1, a, b), np.ones((h // cells + 1, h // cells + 1, 1))).astype(np.uint8)
    else:
        image = Image.new("RGB", (w, h), (int(rng.integers(0, 15)),) * 3)
        r = min(h, w) * rng.uniform(0.2, 0.5)
        ImageDraw.Draw(image).ellipse((w / 2 - r, h / 2 - r, w / 2 + r, h / 2 + r), fill=colour())
        return finish(np.asarray(image, float) * (0.7 + 0.6 * clouds(rng, h, w, 3)[..., None]), rng)
    return np.asarray(image)
