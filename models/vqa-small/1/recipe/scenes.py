"""Phantoms: grey pictures of a few simple bright objects whose every answer is known, drawn from a seed.

A scene is data (`Scene`), so that one scene can be drawn at any size. Lengths are parts of the picture's side, 0 to 1, from the
upper left corner. An object's `r` is half the side of its box, whatever its kind.
"""

from dataclasses import dataclass

import numpy as np

KINDS = ("disc", "square", "triangle", "cross")
MOST_OBJECTS = 5


@dataclass(frozen=True)
class Thing:
    kind: str
    x: float
    y: float
    r: float
    shade: float

    @property
    def box(self) -> tuple[int, int, int, int]:
        """x0, y0, x1, y1 on a grid of 0 to 99."""
        edges = (self.x - self.r, self.y - self.r, self.x + self.r, self.y + self.r)
        return tuple(int(np.clip(np.floor(edge * 100), 0, 99)) for edge in edges)


@dataclass(frozen=True)
class Scene:
    things: tuple[Thing, ...]
    seed: int
    plain: bool
    """Without body, texture and noise: objects on black."""

    def of(self, kind: str) -> list[Thing]:
        return [thing for thing in self.things if thing.kind == kind]


def scene(rng: np.random.Generator, most: int = MOST_OBJECTS) -> Scene:
    """A scene of 0 to `most` objects that do not touch; half the scenes have one kind in the majority, so that counts are even."""
    wanted = int(rng.integers(0, most + 1))
    many = KINDS[rng.integers(len(KINDS))]
    share = rng.choice([0.0, 0.75])
    largest = 0.25 if wanted <= 2 else 0.16
    low, high = (0.07, largest) if rng.random() < 0.7 else (0.075, 0.12)
    things: list[Thing] = []
    for _ in range(60 * wanted):
        if len(things) == wanted:
            break
        r = float(rng.uniform(low, high))
        x, y = (float(v) for v in rng.uniform(r + 0.01, 0.99 - r, 2))
        if rng.random() < 0.15:
            x, y = (float(v) for v in rng.uniform(0.46, 0.54, 2))
        if all(max(abs(x - t.x), abs(y - t.y)) > r + t.r + 0.02 for t in things):
            kind = many if rng.random() < share else KINDS[rng.integers(len(KINDS))]
            things.append(Thing(kind, x, y, r, float(rng.uniform(0.55, 1.0))))
    return Scene(tuple(things), int(rng.integers(2**31)), bool(rng.random() < 0.25))


def inside(thing: Thing, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Signed distance to the object's edge, positive inside."""
    dx, dy, r = np.abs(x - thing.x), y - thing.y, thing.r
    if thing.kind == "disc":
        return r - np.hypot(dx, dy)
    if thing.kind == "square":
        return np.minimum(r - dx, r - np.abs(dy))
    if thing.kind == "triangle":
        return np.minimum(r - dy, ((dy + r) / 2 - dx) * (2 / np.sqrt(5)))
    arm = 0.3 * r
    return np.maximum(np.minimum(r - dx, arm - np.abs(dy)), np.minimum(arm - dx, r - np.abs(dy)))


def bilinear(coarse: np.ndarray, side: int) -> np.ndarray:
    at = np.linspace(0, len(coarse) - 1, side)
    low = np.minimum(at.astype(int), len(coarse) - 2)
    share = at - low
    rows = coarse[low] * (1 - share)[:, None] + coarse[low + 1] * share[:, None]
    return rows[:, low] * (1 - share) + rows[:, low + 1] * share


def draw(what: Scene, side: int) -> np.ndarray:
    """uint8 [side, side]: edges are one pixel soft; body, texture and noise come from the scene's own seed."""
    rng = np.random.default_rng(what.seed)
    middle = ((np.arange(side) + 0.5) / side).astype(np.float32)
    x, y = middle[None, :], middle[:, None]
    picture = np.zeros((side, side), np.float32)
    if not what.plain:
        picture += rng.uniform(0, 0.15)
        cx, cy, a, b = rng.uniform((0.4, 0.4, 0.3, 0.3), (0.6, 0.6, 0.55, 0.55))
        body = 1 - np.sqrt(((x - cx) / a) ** 2 + ((y - cy) / b) ** 2)
        picture += rng.uniform(0, 0.18) * np.clip(body * 12, 0, 1)
        picture += bilinear(rng.normal(0, rng.uniform(0, 0.05), (7, 7)), side).astype(np.float32)
    for thing in what.things:
        cover = np.clip(inside(thing, x, y) * side + 0.5, 0, 1)
        picture = picture * (1 - cover) + thing.shade * cover
    if not what.plain:
        picture += rng.normal(0, rng.uniform(0, 0.04), (side, side)).astype(np.float32)
    return np.floor(np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)
