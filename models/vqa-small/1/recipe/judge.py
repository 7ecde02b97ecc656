"""Asks a made package about phantoms that no training saw and about VQA-RAD's held-out images, by ONNX Runtime, greedily.

    venv/bin/python judge.py ../../1 --data ../../../../../shared/data
"""

import argparse
import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from pixels import prepared
from questions import JUDGED, Ask, about, about_several
from scenes import Scene, draw, scene
from served import Served
from vqarad import grey_images, held_out, pairs
from words import Words, user

PHANTOM_SEED = 9_000_000
"""Far from the seeds of any training."""
ROWS = 48


def wilson(right: int, n: int) -> tuple[float, float]:
    p, z = right / n, 1.96
    centre, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)


def shown(right: int, n: int) -> str:
    low, high = wilson(right, n)
    return f"{right} of {n} = {100 * right / n:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


class Reader:
    def __init__(self, package: Path, lora: dict | None = None):
        self.served, self.words, self.lora = Served(package), Words(package), lora

    def read(self, cases: list[tuple[str, np.ndarray]]) -> list[str]:
        """Answers to (question, images uint8 [n, 96, 96])."""
        said: list[str] = []
        order = np.argsort([len(question) for question, _ in cases], kind="stable")
        for at in range(0, len(cases), ROWS):
            rows = [cases[k] for k in order[at : at + ROWS]]
            embeds = [self.served.embeds(self.words.prompt([user(question, len(images))]), images) for question, images in rows]
            said += [self.words.text(ids) for ids in self.served.answers(embeds, loras=[self.lora] * len(rows) if self.lora else None)]
        return [said[k] for k in np.argsort(order, kind="stable")]


def phantoms(each: int) -> dict[str, list[tuple[Ask, Scene, np.ndarray]]]:
    """`each` questions of every judged type and of the others, with their picture drawn at a size of its own and prepared as it is served."""
    rng = np.random.default_rng(PHANTOM_SEED)
    found: dict[str, list[tuple[Ask, Scene, np.ndarray]]] = defaultdict(list)
    wanted = (*JUDGED, "ground", "report", "content")
    while any(len(found[kind]) < each for kind in wanted):
        what = scene(rng)
        asked = about(rng, what)
        if len(found[asked.type]) < each and asked.type in wanted:
            picture = prepared(draw(what, int(rng.integers(80, 257))))
            found[asked.type].append((asked, what, picture[None]))
    return {kind: found[kind] for kind in wanted}


def several(each: int) -> list[tuple[Ask, np.ndarray]]:
    rng = np.random.default_rng(PHANTOM_SEED + 1)
    made = []
    while len(made) < each:
        scenes = [scene(rng), scene(rng)]
        made.append((about_several(rng, scenes), np.stack([prepared(draw(what, int(rng.integers(80, 257)))) for what in scenes])))
    return made


BOX = re.compile(r"\[(\d+),(\d+),(\d+),(\d+)\]")


def overlap(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    width, height = (min(a[k + 2], b[k + 2]) - max(a[k], b[k]) for k in (0, 1))
    both = max(0, width) * max(0, height)
    area = lambda box: max(0, box[2] - box[0]) * max(0, box[3] - box[1])  # noqa: E731
    return both / max(1, area(a) + area(b) - both)


def grounded(cases: list[tuple[Ask, Scene, np.ndarray]], said: list[str]) -> dict[str, str]:
    absent = [answer == "not found" for (asked, _, _), answer in zip(cases, said, strict=True) if asked.answer == "not found"]
    overlaps = []
    for (asked, _, _), answer in zip(cases, said, strict=True):
        if asked.answer != "not found":
            wanted, got = BOX.findall(asked.answer), BOX.findall(answer)
            overlaps.append(overlap(tuple(map(int, wanted[0])), tuple(map(int, got[0]))) if got else 0.0)
    return {
        "box, overlap (IoU) at least 0.5": shown(sum(value >= 0.5 for value in overlaps), len(overlaps)),
        "box, mean overlap": f"{np.mean(overlaps):.3f}",
        "not found": shown(sum(absent), len(absent)),
    }


def judge_phantoms(reader: Reader, each: int, blank: bool = False) -> dict[str, str]:
    lines: dict[str, str] = {}
    for kind, cases in phantoms(each).items():
        if blank and kind not in JUDGED:
            continue
        said = reader.read([(asked.question, images * 0 if blank else images) for asked, _, images in cases])
        right = [answer == asked.answer for (asked, _, _), answer in zip(cases, said, strict=True)]
        lines[kind] = shown(sum(right), len(right))
        if kind == "count" and not blank:
            by = Counter(asked.answer for asked, _, _ in cases)
            hit = Counter(asked.answer for (asked, _, _), ok in zip(cases, right, strict=True) if ok)
            lines["count, by number"] = ", ".join(f"{n}: {hit[n]}/{by[n]}" for n in sorted(by))
        if kind == "ground":
            lines |= grounded(cases, said)
        if blank:
            lines[kind] += f", the commonest answer {shown(max(Counter(asked.answer for asked, _, _ in cases).values()), len(cases))}"
    if not blank:
        cases = several(each)
        for kind in ("more", "present-of", "count-of"):
            mine = [(asked, images) for asked, images in cases if asked.type == kind]
            said = reader.read([(asked.question, images) for asked, images in mine])
            lines[f"two images, {kind}"] = shown(sum(answer == asked.answer for (asked, _), answer in zip(mine, said, strict=True)), len(mine))
    return lines


def judge_sentences(package: Path, each: int) -> dict[str, str]:
    """The adapter's whole sentences about unseen phantoms, exact match."""
    reader = Reader(package, load_file(package / "adapters" / "sentence.safetensors"))
    lines = {}
    for kind, cases in phantoms(each).items():
        if kind in JUDGED:
            said = reader.read([(asked.question, images) for asked, _, images in cases])
            lines[kind] = shown(sum(answer == asked.sentence for (asked, _, _), answer in zip(cases, said, strict=True)), len(cases))
    return lines


def plain(text: str) -> str:
    return " ".join(text.lower().split()).strip(" .")


def bag(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


class Blind:
    """Reads the question alone: the answer of the training question that shares the rarest words (tf-idf, cosine)."""

    def __init__(self, known: list):
        self.answers = [pair.answer for pair in known]
        df = Counter(word for pair in known for word in set(bag(pair.question)))
        self.rare = {word: np.log(len(known) / n) + 0.1 for word, n in df.items()}
        self.vectors = [self.vector(pair.question) for pair in known]

    def vector(self, text: str) -> dict[str, float]:
        counts = {word: self.rare[word] for word in set(bag(text)) if word in self.rare}
        size = np.sqrt(sum(value * value for value in counts.values())) or 1.0
        return {word: value / size for word, value in counts.items()}

    def read(self, question: str) -> str:
        """The weighted vote of the seven nearest questions."""
        mine = self.vector(question)
        near = [sum(value * other.get(word, 0.0) for word, value in mine.items()) for other in self.vectors]
        votes: Counter[str] = Counter()
        for k in np.argsort(near)[::-1][:7]:
            votes[self.answers[k]] += near[k]
        return votes.most_common(1)[0][0]


def judge_real(reader: Reader, data: Path) -> dict[str, str]:
    everything, apart = pairs(data), held_out(data)
    known = [pair for pair in everything if pair.image not in apart]
    asked = [pair for pair in everything if pair.image in apart]
    pictures = {name: prepared(grey)[None] for name, grey in grey_images(data, sorted(apart)).items()}
    blind = Blind(known)
    commonest = {closed: Counter(pair.answer for pair in known if pair.closed == closed).most_common(1)[0][0] for closed in (True, False)}
    answers = {
        "this model": reader.read([(pair.question, pictures[pair.image]) for pair in asked]),
        "this model, blank image": reader.read([(pair.question, pictures[pair.image] * 0) for pair in asked]),
        "question alone (nearest training questions)": [blind.read(pair.question) for pair in asked],
        "commonest training answer": [commonest[pair.closed] for pair in asked],
    }
    lines = {}
    for name, said in answers.items():
        for closed in (True, False):
            right = [plain(answer) == plain(pair.answer) for pair, answer in zip(asked, said, strict=True) if pair.closed == closed]
            lines[f"{'closed' if closed else 'open'}, {name}"] = shown(sum(right), len(right))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--each", type=int, default=500)
    arguments = parser.parse_args()
    reader = Reader(arguments.package)
    result = {"phantoms": judge_phantoms(reader, arguments.each), "phantoms, blank image": judge_phantoms(reader, arguments.each, blank=True)}
    if (arguments.package / "adapters").exists():
        result["adapter sentence"] = judge_sentences(arguments.package, arguments.each // 5)
    if arguments.data:
        result["VQA-RAD, held-out images"] = judge_real(reader, arguments.data)
    print(json.dumps(result, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
