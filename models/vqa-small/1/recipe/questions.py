"""What can be asked about a phantom, and the exact answer: short (the base model) and as a whole sentence (the adapter)."""

import json
from dataclasses import dataclass

import numpy as np

from scenes import KINDS, Scene, Thing

NUMBERS = ("no", "one", "two", "three", "four", "five", "six")
PLURAL = {"disc": "discs", "square": "squares", "triangle": "triangles", "cross": "crosses"}
JUDGED = ("count", "side", "largest", "present", "position")
NO_IMAGE = ("No image was given.", "There is no image.", "I see no image. Please send one.")

ASKED = {
    "count": ("How many {s} are there?", "How many {s} are in the image?", "How many {s} do you see?", "Count the {s}."),
    "side": ("On which side is the {k}?", "On which side of the image is the {k}?", "Is the {k} on the left or on the right?"),
    "largest": ("Which object is the largest?", "What is the largest object?", "Which shape is largest?"),
    "present": ("Is there a {k}?", "Is there a {k} in the image?", "Is a {k} present?", "Do you see a {k}?"),
    "position": ("In which part of the image is the {k}?", "What is the position of the {k}?", "Which part of the image has the {k}?"),
    "ground": ("Give the box of {p}.", "Where is {p}?"),
    "ground-all": ("Give the boxes of {p}.", "Where are {p}?"),
    "report": ("Write a report.", "Report this image.", "Please write a short report."),
    "content": ("What is on the image?", "What do you see?", "Describe the image."),
    "more": ("Which image has more {s}?", "In which image are there more {s}?"),
    "present-of": ("Is there a {k} in the {n} image?",),
    "count-of": ("How many {s} are in the {n} image?",),
}
ORDINALS = ("first", "second", "third", "fourth")


@dataclass(frozen=True)
class Ask:
    type: str
    question: str
    answer: str
    sentence: str


def ask(rng: np.random.Generator, kind: str, answer: str, sentence: str, **words: str) -> Ask:
    forms = ASKED[kind]
    return Ask(kind, forms[rng.integers(len(forms))].format(**words), answer, sentence)


def part(thing: Thing) -> str | None:
    """The part of the picture that an object is in, or None where it lies too near to a border to say."""
    dx, dy = thing.x - 0.5, thing.y - 0.5
    if max(abs(dx), abs(dy)) < 0.06:
        return "centre"
    if min(abs(dx), abs(dy)) < 0.18:
        return None
    return f"{'upper' if dy < 0 else 'lower'} {'left' if dx < 0 else 'right'}"


def largest(things: list[Thing]) -> Thing | None:
    """The largest object, or None where another comes near to it."""
    ranked = sorted(things, key=lambda thing: -thing.r)
    return ranked[0] if len(ranked) == 1 or (ranked and ranked[0].r > 1.3 * ranked[1].r) else None


def largest_kind(things: list[Thing]) -> str | None:
    """The kind of the largest object, or None where an object of another kind comes near to it."""
    if not things:
        return None
    first = max(things, key=lambda thing: thing.r)
    rest = [thing.r for thing in things if thing.kind != first.kind]
    return first.kind if not rest or first.r > 1.3 * max(rest) else None


def amount(n: int, kind: str) -> str:
    return f"{n} {kind if n == 1 else PLURAL.get(kind, kind + 's')}"


def listed(what: Scene) -> str:
    parts = [amount(len(what.of(kind)), kind) for kind in KINDS if what.of(kind)]
    return "no objects" if not parts else ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else parts[0]


def boxes(things: list[Thing]) -> str:
    ordered = sorted(things, key=lambda thing: (thing.x, thing.y))
    return " ".join("[" + ",".join(map(str, thing.box)) + "]" for thing in ordered) or "not found"


def article(rng: np.random.Generator) -> str:
    return "the " if rng.random() < 0.8 else ""


def count(rng: np.random.Generator, what: Scene) -> Ask:
    kind = (*KINDS, "object", "object")[rng.integers(len(KINDS) + 2)]
    if kind != "object" and rng.random() < 0.7 and what.things:
        kind = what.things[rng.integers(len(what.things))].kind
    n = len(what.things) if kind == "object" else len(what.of(kind))
    said = kind if n == 1 else PLURAL.get(kind, "objects")
    return ask(rng, "count", str(n), f"There {'is' if n == 1 else 'are'} {NUMBERS[n]} {said}.", s=PLURAL.get(kind, "objects"))


def single(rng: np.random.Generator, what: Scene) -> Thing | None:
    """An object that is the only one of its kind, so that "the disc" means it."""
    alone = [thing for thing in what.things if len(what.of(thing.kind)) == 1]
    return alone[rng.integers(len(alone))] if alone else None


def side(rng: np.random.Generator, what: Scene) -> Ask | None:
    thing = single(rng, what)
    if thing is None or abs(thing.x - 0.5) < 0.12:
        return None
    where = "left" if thing.x < 0.5 else "right"
    return ask(rng, "side", where, f"The {thing.kind} is on the {where} side.", k=thing.kind)


def position(rng: np.random.Generator, what: Scene) -> Ask | None:
    thing = single(rng, what)
    where = part(thing) if thing else None
    if thing is None or where is None:
        return None
    return ask(rng, "position", where, f"The {thing.kind} is in the {where}{'' if where == 'centre' else ' part'}.", k=thing.kind)


def biggest(rng: np.random.Generator, what: Scene) -> Ask | None:
    kind = largest_kind(list(what.things))
    return ask(rng, "largest", kind, f"The largest object is a {kind}.") if kind else None


def present(rng: np.random.Generator, what: Scene) -> Ask:
    there = [kind for kind in KINDS if what.of(kind)]
    absent = [kind for kind in KINDS if kind not in there]
    pool = there if there and (not absent or rng.random() < 0.5) else absent
    kind = pool[rng.integers(len(pool))]
    yes = kind in there
    return ask(rng, "present", "yes" if yes else "no", f"Yes, there is a {kind}." if yes else f"No, there is no {kind}.", k=kind)


def ground(rng: np.random.Generator, what: Scene) -> Ask | None:
    if rng.random() < 0.15 and what.things:
        thing = largest(list(what.things))
        return ask(rng, "ground", boxes([thing]), f"It is at {boxes([thing])}.", p=article(rng) + "largest object") if thing else None
    kind = KINDS[rng.integers(len(KINDS))] if rng.random() < 0.3 or not what.things else what.things[rng.integers(len(what.things))].kind
    found = what.of(kind)
    if len(found) > 1:
        if rng.random() < 0.3 and len(found) <= 3:
            return ask(rng, "ground-all", boxes(found), f"They are at {boxes(found)}.", p=article(rng) + PLURAL[kind])
        thing = largest(found)
        return ask(rng, "ground", boxes([thing]), f"It is at {boxes([thing])}.", p=f"{article(rng)}largest {kind}") if thing else None
    word = "largest " if rng.random() < 0.4 else ""
    said = boxes(found)
    return ask(rng, "ground", said, f"It is at {said}." if found else "It is not found.", p=article(rng) + word + kind)


def report(rng: np.random.Generator, what: Scene) -> Ask:
    total = len(what.things)
    findings = listed(what)
    thing = largest(list(what.things))
    where = part(thing) if thing else None
    if thing and where:
        findings += f". The largest is a {thing.kind}, {where}"
    text = f"Findings: {findings}.\nImpression: {'empty image' if total == 0 else amount(total, 'object')}."
    return ask(rng, "report", text, text)


def content(rng: np.random.Generator, what: Scene) -> Ask:
    return ask(rng, "content", listed(what), f"The image shows {listed(what)}.")


ONE_IMAGE = (
    (0.2, count), (0.15, side), (0.11, biggest), (0.11, present), (0.27, position), (0.1, ground), (0.03, report), (0.04, content),
)  # fmt: skip


def about(rng: np.random.Generator, what: Scene, short: bool = False) -> Ask:
    """One question about one picture; with `short`, one of the five judged types."""
    weights = np.array([weight for weight, _ in ONE_IMAGE[: len(JUDGED) if short else None]])
    while True:
        asked = ONE_IMAGE[rng.choice(len(weights), p=weights / weights.sum())][1](rng, what)
        if asked is not None:
            return asked


def about_several(rng: np.random.Generator, scenes: list[Scene]) -> Ask:
    """One question about two to four pictures."""
    kind = KINDS[rng.integers(len(KINDS))]
    which = int(rng.integers(len(scenes)))
    if len(scenes) == 2 and rng.random() < 0.6:
        first, second = (len(what.of(kind)) for what in scenes)
        said = "the same" if first == second else "the first" if first > second else "the second"
        sentence = f"Both images have {NUMBERS[first]} {PLURAL[kind]}." if first == second else f"{said.capitalize()} image has more {PLURAL[kind]}."
        return ask(rng, "more", said, sentence, s=PLURAL[kind])
    if rng.random() < 0.5:
        yes = bool(scenes[which].of(kind))
        sentence = f"Yes, there is a {kind}." if yes else f"No, there is no {kind}."
        return ask(rng, "present-of", "yes" if yes else "no", sentence, k=kind, n=ORDINALS[which])
    n = len(scenes[which].of(kind))
    said = kind if n == 1 else PLURAL[kind]
    return ask(rng, "count-of", str(n), f"There {'is' if n == 1 else 'are'} {NUMBERS[n]} {said}.", s=PLURAL[kind], n=ORDINALS[which])


def as_json(asked: Ask) -> Ask:
    """The same question with its answer as a JSON object."""
    answer = json.dumps({"answer": asked.answer})
    return Ask(asked.type, asked.question + " Answer as JSON.", answer, answer)
