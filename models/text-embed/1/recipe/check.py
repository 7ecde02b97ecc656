"""The figures of the card: the plain graph against published cosines, the int8 graph against the plain one, rows against one another."""

import time

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from sentences import AFFIRMED, FINDINGS, NEGATED, SENTENCES

MAX_TOKENS = 256

#: Texts, and the cosine of the first to each other one: by sentence-transformers' documentation, and by an export with PyTorch.
PUBLISHED = (
    (("The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."), (0.6660, 0.1046)),
    (
        (
            "Large left pneumothorax.",
            "Collapsed left lung with air in the pleural space.",
            "No pneumothorax.",
            "Fracture of the right femur.",
        ),
        (0.55, 0.76, 0.35),
    ),
)


class Embedder:
    def __init__(self, model: bytes, tokenizer: str):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_str(tokenizer)
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.tokenizer.enable_padding()

    def __call__(self, texts):
        """Texts as one batch, right padded -> [n, 384]."""
        encoded = self.tokenizer.encode_batch(list(texts))
        feeds = {"input_ids": [one.ids for one in encoded], "attention_mask": [one.attention_mask for one in encoded]}
        return self.session.run(None, {name: np.array(rows, np.int64) for name, rows in feeds.items()})[0]

    def alone(self, texts):
        return np.concatenate([self([text]) for text in texts])


def milliseconds(run):
    """The best of 30 runs: what the machine can do when nobody else has it."""
    times = []
    for _ in range(30):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return 1000 * min(times)


def nearest(vectors):
    return (vectors @ vectors.T - 2 * np.eye(len(vectors))).argmax(1)


def blindness(embed):
    """How often a sentence that denies a finding lies nearer to one that has it than another that has it too."""
    wrong = []
    for finding in FINDINGS:
        query, *affirmed, denied = (
            embed.alone([frame.format(finding) for frame in frames]) for frames in (AFFIRMED[:1], AFFIRMED[1:], NEGATED)
        )
        wrong.append(((denied @ query[0])[:, None] > (affirmed[0] @ query[0])[None]).ravel())
    return np.concatenate(wrong)


def report(plain_model: bytes, small_model: bytes, tokenizer: str) -> None:
    plain, small = Embedder(plain_model, tokenizer), Embedder(small_model, tokenizer)
    for texts, expected in PUBLISHED:
        for name, embed in (("fp32", plain), ("int8", small)):
            vectors = embed(texts)
            found = (vectors @ vectors[0])[1:]
            print(name, "cosines to", repr(texts[0]), found.round(4), "published", expected)
            assert name == "int8" or np.abs(found - expected).max() < 0.005
    one, other = plain.alone(SENTENCES), small.alone(SENTENCES)
    cosines = (one * other).sum(1)
    print(f"int8 to fp32 over {len(SENTENCES)} sentences: least {cosines.min():.4f}, mean {cosines.mean():.4f}")
    print(f"cosine of two sentences moves by at most {np.abs(one @ one.T - other @ other.T).max():.4f}")
    print(f"same nearest neighbour {(nearest(one) == nearest(other)).mean():.1%}")
    wrong = blindness(small)
    print(f"a denied finding lies nearer than a present one in {wrong.sum()} of {wrong.size} comparisons")
    for name, embed, alone in (("fp32", plain, one), ("int8", small, other)):
        print(f"{name}: alone and padded in one batch differ by at most {np.abs(embed(SENTENCES) - alone).max():.1e}")
        print(f"{name}: bytes {len(plain_model if embed is plain else small_model)}")
        print(f"{name}: one sentence {milliseconds(lambda: embed(SENTENCES[:1])):.1f} ms", end=", ")
        print(f"16 of them {milliseconds(lambda: embed(SENTENCES[:16])):.1f} ms, one thread, tokenizer included")
