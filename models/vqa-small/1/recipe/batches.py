"""Conversations packed into rows for training: images first, then several questions that do not see each other.

Every token has a group (one conversation's images and system turn), a branch (0 for what all its questions share) and the position it
would have in a conversation of its own, so that a packed question is exactly the served one. Sizes are fixed, for one compilation.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import Queue
from threading import Thread

import numpy as np

import questions
from learn import truth
from pixels import SIDE
from questions import NO_IMAGE, Ask, about, about_several, as_json, ground
from scenes import Scene, draw, scene
from words import END, IMAGE, IMAGE_TOKENS, Words, user

ROWS, LENGTH = 16, 200
IMAGES = 22
TARGETS = 640
SYSTEMS = ("Be brief.", "You are a careful reader of radiology images.", "Answer the question.", "You are a helpful assistant.")
IN_A_SENTENCE = "Answer in a sentence."


@dataclass
class Mix:
    """Shares of the conversations. `real` needs pictures: image name -> uint8 [n, SIDE, SIDE] variants, and its pairs by image."""

    several: float = 0.06
    blank: float = 0.05
    text_first: float = 0.08
    """Share with the question before the image, as a client's own template may have it; the package's template puts images first."""
    json: float = 0.03
    history: float = 0.04
    real: float = 0.0
    pictures: dict[str, np.ndarray] = field(default_factory=dict)
    pairs: dict[str, list] = field(default_factory=dict)
    few: float = 0.0
    """Share of phantoms of one or two objects with questions of the judged types alone: where a thing lies is first learned on them."""
    boxes: float = 0.0
    """Share of questions about phantoms that ask for a box, beyond those that `about` asks."""
    styled: float = 0.0
    """Share of phantoms whose system turn asks for whole sentences, and gets them."""
    sentence: bool = False
    """Whole sentences unasked, as the adapter gives them."""


class Packer:
    def __init__(self, words: Words, mix: Mix, seed: int):
        self.words, self.mix, self.rng = words, mix, np.random.default_rng(seed)
        self.tail = words.ids("<|im_end|>\n<|im_start|>assistant\n")

    def start(self) -> None:
        shape = (ROWS, LENGTH)
        self.ids, self.group, self.branch, self.position = (np.zeros(shape, np.int32) for _ in range(4))
        self.group -= 1  # what is left of a row sees itself and no group
        self.feature = np.full(shape, -1, np.int32)
        self.at, self.want, self.weight = [], [], []
        self.images, self.scenes = [], []
        self.sentences = self.mix.sentence

    def answer(self, asked: Ask) -> str:
        return asked.sentence if self.sentences else asked.answer

    def system(self, share: float) -> str | None:
        """A system turn that changes nothing, by this share."""
        return SYSTEMS[self.rng.integers(len(SYSTEMS))] if self.rng.random() < share else None

    def lay(self, row: int, col: int, ids: list[int], group: int, branch: int, position: int, taught: bool = False) -> int:
        """Writes tokens into a row; with `taught`, they are what the model has to say after the token before them."""
        end = col + len(ids)
        self.ids[row, col:end], self.group[row, col:end], self.branch[row, col:end] = ids, group, branch
        self.position[row, col:end] = np.arange(position, position + len(ids))
        if taught:
            for k, id_ in enumerate(ids):
                self.at.append(row * LENGTH + col + k - 1)
                self.want.append(id_)
                self.weight.append(len(ids) ** -0.5)
        return end

    def picture(self, image: np.ndarray, what: Scene | None) -> int:
        self.images.append(image)
        self.scenes.append(what)
        return len(self.images) - 1

    def prefix(self, row: int, col: int, group: int, system: str | None, pictures: list[int], text: str = "") -> tuple[int, int]:
        """The turns that all questions of a group share, up to and with its images. Answers the column and the position behind them."""
        said = f"<|im_start|>system\n{system}<|im_end|>\n" if system else ""
        ids = self.words.ids(said + "<|im_start|>user\n" + text)
        for _ in pictures:
            ids = ids + self.words.ids("<|vision|><image>")
        ids = [copy for id_ in ids for copy in [id_] * (IMAGE_TOKENS if id_ == IMAGE else 1)]
        end = self.lay(row, col, ids, group, 0, 0)
        places = col + np.flatnonzero(np.array(ids) == IMAGE)
        self.feature[row, places] = np.concatenate([np.arange(IMAGE_TOKENS) + k * IMAGE_TOKENS for k in pictures]) if pictures else -1
        return end, len(ids)

    def turns(self, row: int, col: int, group: int, branch: int, position: int, asked: list[Ask], first: str | None = None) -> int | None:
        """A question, its answer and perhaps further turns; None where the row has no room."""
        pieces: list[tuple[list[int], bool]] = []
        for k, one in enumerate(asked):
            lead = "" if k == 0 else "\n<|im_start|>user\n"
            text = first if k == 0 and first is not None else one.question
            if k:
                pieces.append((self.words.ids(lead + text), False))
            elif text:
                pieces.append((self.words.ids(text), False))
            pieces += [(self.tail, False), (self.words.ids(self.answer(one)) + [END], True)]
        if col + sum(len(ids) for ids, _ in pieces) > LENGTH or len(self.at) + sum(len(ids) for ids, taught in pieces if taught) > TARGETS:
            return None
        for ids, taught in pieces:
            self.lay(row, col, ids, group, branch, position, taught)
            col, position = col + len(ids), position + len(ids)
        return col

    def phantom(self, row: int, col: int, group: int) -> int:
        rng, mix = self.rng, self.mix
        short = rng.random() < mix.few
        what = scene(rng, 2) if short else scene(rng)
        shown = self.picture(draw(what, SIDE), what)
        first = about(rng, what, short)
        if rng.random() < mix.text_first:
            col, position = self.prefix(row, col, group, None, [shown], first.question)
            return self.turns(row, col, group, 1, position, [first], "") or col
        self.sentences = mix.sentence or rng.random() < mix.styled
        system = IN_A_SENTENCE if self.sentences and not mix.sentence else self.system(0.08)
        col, position = self.prefix(row, col, group, system, [shown])
        for branch in range(1, 9):
            box = ground(rng, what) if rng.random() < mix.boxes else None
            asked = [box or about(rng, what, short)]
            if rng.random() < mix.history:
                asked.append(about(rng, what, short))
            if rng.random() < mix.json and not self.sentences:
                asked = [as_json(one) for one in asked]
            end = self.turns(row, col, group, branch, position, asked)
            if end is None:
                break
            col = end
        self.sentences = mix.sentence
        return col

    def several(self, row: int, col: int, group: int) -> int:
        count = 2 if self.rng.random() < 0.8 else 3
        scenes = [scene(self.rng) for _ in range(count)]
        shown = [self.picture(draw(what, SIDE), what) for what in scenes]
        col, position = self.prefix(row, col, group, None, shown)
        for branch in range(1, 6):
            end = self.turns(row, col, group, branch, position, [about_several(self.rng, scenes)])
            if end is None:
                break
            col = end
        return col

    def blank(self, row: int, col: int, group: int) -> int:
        """A question without an image: the answer is that there is none, in one of several ways."""
        rng = self.rng
        asked = about(rng, scene(rng)).question
        if self.mix.pairs and rng.random() < 0.5:
            of = list(self.mix.pairs)
            some = self.mix.pairs[of[rng.integers(len(of))]]
            asked = some[rng.integers(len(some))].question
        col, position = self.prefix(row, col, group, self.system(0.3), [])
        answer = NO_IMAGE[rng.integers(len(NO_IMAGE))]
        return self.turns(row, col, group, 1, position, [Ask("none", asked, answer, answer)]) or col

    def real(self, row: int, col: int, group: int) -> int:
        """An image of VQA-RAD in one of its variants, with some of its questions."""
        rng, mix = self.rng, self.mix
        names = list(mix.pairs)
        name = names[rng.integers(len(names))]
        variants, known = mix.pictures[name], mix.pairs[name]
        shown = self.picture(variants[rng.integers(len(variants))], None)
        region = known[0].region
        asked = [Ask("real", pair.question, pair.answer, pair.answer) for pair in known]
        report = f"Findings: radiology image of the {region}.\nImpression: not assessed."
        for form in questions.ASKED["content"][:2]:
            asked.append(Ask("content", form, f"radiology image of the {region}", f"The image shows the {region}."))
        asked.append(Ask("report", questions.ASKED["report"][rng.integers(3)], report, report))
        order = rng.permutation(len(asked))
        if rng.random() < mix.text_first:
            first = asked[order[0]]
            col, position = self.prefix(row, col, group, None, [shown], first.question)
            return self.turns(row, col, group, 1, position, [first], "") or col
        col, position = self.prefix(row, col, group, self.system(0.05), [shown])
        for branch, k in enumerate(order, 1):
            end = self.turns(row, col, group, branch, position, [asked[k]])
            if end is None:
                break
            col = end
        return col

    def batch(self) -> dict[str, np.ndarray]:
        self.start()
        mix, group = self.mix, 0
        for row in range(ROWS):
            col = 0
            while col < LENGTH - 66 and len(self.images) < IMAGES and len(self.at) < TARGETS - 16:
                dice = self.rng.random()
                if dice < mix.blank:
                    make = self.blank
                elif dice < mix.blank + mix.real:
                    make = self.real
                elif dice < mix.blank + mix.real + mix.several and col < LENGTH - 170 and len(self.images) < IMAGES - 3:
                    make = self.several
                else:
                    make = self.phantom
                col = make(row, col, group)
                group += 1
        return self.arrays()

    def arrays(self) -> dict[str, np.ndarray]:
        lacking = IMAGES - len(self.images)
        told = [truth(what) for what in self.scenes] + [truth(None)] * lacking
        pad = TARGETS - len(self.at)
        return {
            "images": np.stack(self.images + [np.zeros((SIDE, SIDE), np.uint8)] * lacking),
            "cells": np.stack([cells for cells, *_ in told]),
            "counts": np.stack([counts for _, counts, *_ in told]),
            "places": np.stack([places for *_, places, _ in told]),
            "known": np.array([known for *_, known in told], np.float32),
            "ids": self.ids, "group": self.group, "branch": self.branch, "position": self.position, "feature": self.feature,
            "at": np.array(self.at + [0] * pad, np.int32),
            "want": np.array(self.want + [0] * pad, np.int32),
            "weight": np.array(self.weight + [0] * pad, np.float32),
        }  # fmt: skip


def ahead(make, depth: int = 6) -> Iterator:
    """What `make()` answers, again and again, made ahead on another thread."""
    queue: Queue = Queue(depth)

    def work() -> None:
        while True:
            queue.put(make())

    Thread(target=work, daemon=True).start()
    while True:
        yield queue.get()


def check_packing(words: Words, packer: Packer) -> None:
    """A packed question has the ids and positions of the served prompt: `python batches.py PACKAGE`."""
    for question, images in (("Is there a disc?", 1), ("Hello.", 0), ("Which image has more discs?", 2)):
        packer.start()
        shown = [packer.picture(np.zeros((SIDE, SIDE), np.uint8), None) for _ in range(images)]
        col, position = packer.prefix(0, 0, 0, None, shown)
        packer.turns(0, col, 0, 1, position, [Ask("x", question, "yes", "yes")])
        ids = words.prompt([user(question, images)])
        assert list(packer.ids[0, : len(ids)]) == ids and list(packer.position[0, : len(ids)]) == list(range(len(ids)))
        assert packer.at[0] == len(ids) - 1


if __name__ == "__main__":
    import sys
    from pathlib import Path

    package = Words(Path(sys.argv[1]))
    check_packing(package, Packer(package, Mix(), 1))
    print("packed questions are the served prompts")
