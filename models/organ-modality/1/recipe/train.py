"""Makes model.onnx of organ-modality: python train.py --data ../../../../../shared/data

Prints what card.md reports. Two logistic regressions on EfficientNet-Lite0 embeddings; the strength of regularisation is chosen
inside each training part (nested cross-validation), so that the outer figures are of images that no choice has seen.
"""
import argparse
import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
from onnx import helper, save
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

from features import SIDE, Backbone, read, vary
from graph import served
from labels import labels
from pixels import resize, rgb
from volumes import head_ct, head_mr

ORGANS, MODALITIES = ["HEAD", "CHEST", "ABD"], ["XR", "CT", "MR"]
STRENGTHS = (0.0005, 0.002, 0.008)
VARIANTS = 12


def wilson(right: int, n: int) -> tuple[float, float]:
    p, z = right / n, 1.96
    centre, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)


def nll(temperature: float, logits: np.ndarray, y: np.ndarray) -> float:
    scaled = logits / temperature
    return float(np.mean(np.logaddexp.reduce(scaled, axis=1) - scaled[np.arange(len(y)), y]))


class Head:
    """Standardise, then multinomial logistic regression; folded into one affine map."""

    def __init__(self, strength: float, x: np.ndarray, y: np.ndarray):
        scaler = StandardScaler().fit(x)
        model = LogisticRegression(C=strength, max_iter=500).fit(scaler.transform(x), y)
        self.w = (model.coef_ / scaler.scale_).T.astype(np.float32)
        self.b = (model.intercept_ - (model.coef_ / scaler.scale_) @ scaler.mean_).astype(np.float32)

    def logits(self, x: np.ndarray) -> np.ndarray:
        return x @ self.w + self.b


class Sets:
    """Embeddings of the judged images (plain, varied) and of the images that only ever train."""

    def __init__(self, plain, varied, of, extra):
        self.plain, self.varied, self.of, self.extra = plain, varied, of, extra

    def train(self, rows: np.ndarray, y: np.ndarray, extra_y: np.ndarray):
        mine = np.isin(self.of, rows)
        x = np.concatenate([self.plain[rows], self.varied[mine], self.extra])
        return x, np.concatenate([y[rows], y[self.of[mine]], extra_y])

    def choose(self, rows: np.ndarray, y: np.ndarray, extra_y: np.ndarray) -> float:
        losses = []
        for strength in STRENGTHS:
            total = 0.0
            for fit, held in StratifiedKFold(3, shuffle=True, random_state=7).split(rows, y[rows]):
                head = Head(strength, *self.train(rows[fit], y, extra_y))
                total += nll(1.0, head.logits(self.plain[rows[held]]), y[rows[held]])
            losses.append(total)
        return STRENGTHS[int(np.argmin(losses))]


def judge(name: str, classes: list[str], sets: Sets, y: np.ndarray, extra_y: np.ndarray, names: list[str]) -> tuple[Head, float]:
    known = np.flatnonzero(y >= 0)
    out = np.zeros((len(y), len(classes)))
    small = np.zeros_like(out)
    for fit, held in StratifiedKFold(5, shuffle=True, random_state=0).split(known, y[known]):
        rows, test = known[fit], known[held]
        head = Head(sets.choose(rows, y, extra_y), *sets.train(rows, y, extra_y))
        out[test] = head.logits(sets.plain[test])
        small[test] = head.logits(sets.small[test])
    right = out[known].argmax(1) == y[known]
    temperature = float(minimize_scalar(nll, bounds=(0.3, 5), args=(out[known], y[known]), method="bounded").x)
    p = np.exp(out[known] / temperature)
    sure = (p / p.sum(1, keepdims=True)).max(1)
    low, high = wilson(int(right.sum()), len(right))
    print(f"{name}: {right.sum()} of {len(right)} right, {right.mean():.4f} (95 % interval {low:.3f} to {high:.3f})")
    print(f"  per class: { {c: f'{right[y[known] == k].sum()}/{(y[known] == k).sum()}' for k, c in enumerate(classes)} }")
    print(f"  shrunk to 64x64 first: {(small[known].argmax(1) == y[known]).mean():.4f}")
    print(f"  nll {nll(1, out[known], y[known]):.4f}, at temperature {temperature:.2f} {nll(temperature, out[known], y[known]):.4f}")
    for threshold in (0.5, 0.6, 0.7, 0.8, 0.9):
        kept = sure >= threshold
        print(f"  abstain below {threshold}: answers {kept.mean():.3f}, right among these {right[kept].mean():.4f}")
    print(f"  wrong: {[names[i] for i in known[~right]]}")
    return Head(sets.choose(known, y, extra_y), *sets.train(known, y, extra_y)), temperature


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "model.onnx")
    data, out = (arguments := parser.parse_args()).data, arguments.out
    rng = np.random.default_rng(20261124)
    label, backbone = labels(data), Backbone(data)
    names = sorted(label)
    images = [read(data / "vqa-rad" / "images" / name) for name in names]
    films = np.load(data / "chest-xray-28" / "pneumonia.npz")["train_images"]
    extra = [(image, "HEAD", "CT") for image in head_ct(data)] + [(image, "HEAD", "MR") for image in head_mr(data)]
    extra += [(rgb(film), "CHEST", "XR") for film in films[rng.choice(len(films), 150, replace=False)]]
    extra += [(read(path), "CHEST", "XR") for path in sorted((data / "images").glob("nih-*.png"))]
    varied = [(k, vary(image, rng)) for k, image in enumerate(images) for _ in range(VARIANTS)]
    sets = Sets(backbone(images), backbone([v for _, v in varied]), np.array([k for k, _ in varied]), backbone([e[0] for e in extra]))
    sets.small = backbone([resize(image, 64, 64) for image in images])
    index = lambda classes, values: np.array([classes.index(v) if v in classes else -1 for v in values])  # noqa: E731
    organ, organ_t = judge("organ", ORGANS, sets, index(ORGANS, [label[n][0] for n in names]), index(ORGANS, [e[1] for e in extra]), names)
    mod, mod_t = judge("modality", MODALITIES, sets, index(MODALITIES, [label[n][1] for n in names]), index(MODALITIES, [e[2] for e in extra]), names)
    heads = [
        helper.make_node("Gemm", ["embedding", "organ_w", "organ_b"], ["organ"]),
        helper.make_node("Gemm", ["embedding", "modality_w", "modality_b"], ["modality"]),
    ]
    weights = {"organ_w": organ.w, "organ_b": organ.b, "modality_w": mod.w, "modality_b": mod.b}
    save(served(data, heads, weights, {"organ": 3, "modality": 3}, SIDE), str(out))
    session = ort.InferenceSession(str(out))
    batch = np.stack([resize(image, SIDE, SIDE) for image in images[:16]])
    got = session.run(["organ", "modality"], {"image": batch})
    want = organ.logits(sets.plain[:16]), mod.logits(sets.plain[:16])
    print(f"float16 weights move the outputs by at most {max(np.abs(g - w).max() for g, w in zip(got, want)):.4f}")
    print(json.dumps({"temperature": {"organ": round(organ_t, 3), "modality": round(mod_t, 3)}, "bytes": out.stat().st_size}))


if __name__ == "__main__":
    main()
