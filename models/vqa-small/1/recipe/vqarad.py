"""VQA-RAD as it is used here: which images are held out, and its questions and answers as text."""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from pixels import to_grey

HELD_OUT = 0.2
REGIONS = {"HEAD": "head", "CHEST": "chest", "ABD": "abdomen"}
ALIKE = 0.97
"""Correlation of two images' 24 x 24 thumbnails from which they count as one picture, and so stay on one side of the split."""


@dataclass(frozen=True)
class Pair:
    image: str
    region: str
    question: str
    answer: str
    closed: bool


def pairs(data: Path) -> list[Pair]:
    """All questions; answers in small letters, without a full stop at the end."""
    found = []
    for row in json.loads((data / "vqa-rad" / "questions.json").read_text()):
        answer = " ".join(str(row["answer"]).lower().split()).rstrip(".")
        question = " ".join(str(row["question"]).split())
        found.append(Pair(row["image_name"], REGIONS[row["image_organ"]], question, answer, row["answer_type"].strip() == "CLOSED"))
    return found


def grey_images(data: Path, names: list[str]) -> dict[str, np.ndarray]:
    """Name -> uint8 [h, w]."""
    return {name: to_grey(np.array(Image.open(data / "vqa-rad" / "images" / name).convert("RGB"))) for name in names}


def twins(images: dict[str, np.ndarray]) -> dict[str, str]:
    """Image -> the first image, by name, that looks the same."""
    names = sorted(images)
    small = np.stack([np.asarray(Image.fromarray(images[name]).resize((24, 24), Image.Resampling.BOX), np.float32).ravel() for name in names])
    small -= small.mean(1, keepdims=True)
    small /= np.linalg.norm(small, axis=1, keepdims=True) + 1e-6
    alike = small @ small.T > ALIKE
    leader = {}
    for at, name in enumerate(names):
        leader[name] = leader.get(names[int(np.flatnonzero(alike[at])[0])], name)
    return leader


def held_out(data: Path) -> set[str]:
    """The images that no training sees: a fifth of each region, chosen by digest of the name; alike images go together."""
    region = {pair.image: pair.region for pair in pairs(data)}
    leader = twins(grey_images(data, sorted(region)))
    groups = defaultdict(list)
    for name in sorted(region):
        groups[leader[name]].append(name)
    apart: set[str] = set()
    for wanted in sorted(set(region.values())):
        mine = [group for group in groups if region[group] == wanted]
        total = sum(region[name] == wanted for name in region)
        chosen: list[str] = []
        for group in sorted(mine, key=lambda name: hashlib.sha256(name.encode()).hexdigest()):
            if len(chosen) >= HELD_OUT * total:
                break
            chosen += groups[group]
        apart.update(chosen)
    return apart
