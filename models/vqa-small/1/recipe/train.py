"""Makes models/vqa-small/1 (float32) and models/vqa-small/2 (4-bit decoder).

    python -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python train.py --data ../../../../../shared/data --work FOLDER

`--data` is the folder with `vqa-rad/`; `--work` keeps checkpoints, from which a run that was stopped goes on. The steps are counted, so
that the time is bounded: about 35 minutes on two free cores (0.4 s a step). Then `check.py` and `judge.py` on both packages.
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import optax

import learn
import net
from batches import Mix, Packer, ahead
from pixels import SIDE
from publish import write_golden, write_package
from real import training_part
from scenes import draw, scene
from words import Words, make_tokenizer

PACKAGE = Path(__file__).parent.parent


@dataclass(frozen=True)
class Stage:
    name: str
    steps: int
    peak: float
    falls: bool
    """Whether the rate falls to nothing at the stage's end."""
    real: float = 0.0
    """Share of conversations about real images."""
    styled: float = 0.0
    """Share of phantoms whose system turn asks for sentences."""
    boxes: float = 0.0
    """Share of questions for boxes."""
    few: float = 0.0
    """Share of easy phantoms."""
    encoder: float = 0.0
    """Share of the encoder's own loss."""

    def rate(self) -> optax.Schedule:
        warm = optax.linear_schedule(0.0, self.peak, 50)
        rest = optax.linear_schedule(self.peak, self.peak * 0.01 if self.falls else self.peak, self.steps - 50)
        return optax.join_schedules([warm, rest], [50])


TOGETHER = (
    Stage("few", 800, 8e-4, False, few=0.85, encoder=0.5),
    Stage("phantoms", 600, 8e-4, False, few=0.3, encoder=0.5),
    Stage("cool", 550, 8e-4, True, few=0.25, real=0.08, encoder=0.4),
    Stage("polish", 250, 4e-4, True, few=0.25, real=0.08, encoder=0.4),
    Stage("style", 250, 6e-4, True, few=0.15, real=0.08, styled=0.25, encoder=0.4),
    Stage("boxes", 360, 1e-3, True, few=0.6, real=0.06, styled=0.05, boxes=0.6, encoder=1.0),
    Stage("last", 450, 1e-3, True, few=0.5, real=0.06, styled=0.08, boxes=0.5, encoder=1.0),
)
ENCODER_BATCH, ENCODER_STEPS = 48, 800


def keep(path: Path, w: net.Weights) -> None:
    part = path.with_suffix(".part.npz")
    np.savez(part, **{name: np.asarray(value) for name, value in w.items()})
    part.replace(path)


def load(path: Path) -> net.Weights:
    return {name: np.asarray(value) for name, value in np.load(path).items()}


def encoder_batch(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    scenes = [scene(rng) for _ in range(ENCODER_BATCH)]
    told = [learn.truth(what) for what in scenes]
    cells, counts, places, known = (np.stack([np.asarray(row[k]) for row in told]) for k in range(4))
    return np.stack([draw(what, SIDE) for what in scenes]), cells, counts, places, known.astype(np.float32)


def train_encoder(work: Path) -> net.Weights:
    w, optimiser = net.initial(1), learn.adam(learn.rate(1.5e-3, 3 * ENCODER_STEPS))
    state, rng = optimiser.init(w), np.random.default_rng(101)
    for step, batch in zip(range(1, ENCODER_STEPS + 1), ahead(lambda: encoder_batch(rng)), strict=False):
        w, state, loss = learn.encoder_step(optimiser, w, state, *batch)
        if step % 100 == 0:
            print(f"encoder {step}: {float(loss):.3f}", flush=True)
    keep(work / "encoder.npz", w)
    return w


def train(stage: Stage, w: net.Weights, packer: Packer, work: Path) -> net.Weights:
    optimiser = learn.adam(stage.rate())
    going = work / f"{stage.name}.going.npz"
    w = load(going) if going.exists() else {name: np.asarray(value) for name, value in w.items()}
    done = int(w.pop("steps", 0))
    state, sums, began = optimiser.init(w), np.zeros(2), time.time()
    for step, batch in zip(range(done + 1, stage.steps + 1), ahead(packer.batch), strict=False):
        w, state, told = learn.whole_step(optimiser, stage.encoder, w, state, batch)
        sums += [float(value) for value in told]
        if step % 50 == 0:
            print(f"{stage.name} {step}: loss {sums[0] / 50:.4f}, tokens right {sums[1] / 50:.4f}, {(time.time() - began) / (step - done):.2f} s a step", flush=True)
            sums[:] = 0
        if step % 100 == 0:
            keep(going, {**w, "steps": np.array(step)})
    keep(work / f"{stage.name}.npz", w)
    return w


def refine(name: str, steps: int, peak: float, step_of, w, frozen, packer: Packer, work: Path) -> net.Weights:
    """Trains `w` (a decoder for its 4-bit form, or an adapter) while `frozen` stays."""
    done = work / f"{name}.npz"
    if done.exists():
        return load(done)
    optimiser, sums = learn.adam(Stage(name, steps, peak, falls=True).rate()), np.zeros(2)
    w = {key: np.asarray(value) for key, value in w.items()}
    state = optimiser.init(w)
    for step, batch in zip(range(1, steps + 1), ahead(packer.batch), strict=False):
        w, state, told = step_of(optimiser, w, state, frozen, batch)
        sums += [float(value) for value in told]
        if step % 50 == 0:
            print(f"{name} {step}: loss {sums[0] / 50:.4f}, tokens right {sums[1] / 50:.4f}", flush=True)
            sums[:] = 0
    keep(done, w)
    return w


def decoder_of(w: net.Weights) -> net.Weights:
    return {name: value for name, value in w.items() if not name.startswith(("vision.", "aux."))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    if not (PACKAGE / "tokenizer.json").exists():
        make_tokenizer(arguments.data, PACKAGE / "tokenizer.json")
    words, work = Words(PACKAGE), arguments.work
    pictures, known = training_part(arguments.data)
    packer = lambda seed, **mix: Packer(words, Mix(pictures=pictures, pairs=known, **mix), seed)  # noqa: E731
    w = load(work / "encoder.npz") if (work / "encoder.npz").exists() else train_encoder(work)
    for seed, stage in enumerate(TOGETHER, 201):
        done = work / f"{stage.name}.npz"
        w = load(done) if done.exists() else train(stage, w, packer(seed, real=stage.real, few=stage.few, styled=stage.styled, boxes=stage.boxes), work)
    plain = refine("sentence", 250, 4e-3, learn.adapter_step, net.no_lora(), w, packer(301, sentence=True, real=0.05), work)
    small = {**w, **refine("four-bits", 200, 3e-4, learn.decoder_step, decoder_of(w), w, packer(302, real=TOGETHER[-1].real, few=0.25, styled=0.1, boxes=0.1), work)}
    held = {name: np.asarray(value) for name, value in learn.in_four_bits(small).items()}
    coarse = refine("sentence-four-bits", 100, 1e-3, learn.adapter_step, plain, held, packer(303, sentence=True, real=0.05), work)
    title = "Small vision-language model for radiology questions and phantoms"
    write_package(PACKAGE, PACKAGE, "1", title, w, plain, 32)
    write_package(PACKAGE.parent / "2", PACKAGE, "2", title + ", 4-bit decoder", small, coarse, 4)
    for folder in (PACKAGE, PACKAGE.parent / "2"):
        write_golden(folder, folder / "golden")


if __name__ == "__main__":
    main()
