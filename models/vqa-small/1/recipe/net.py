"""The network in JAX: image encoder and decoder as they are trained. `graph.py` writes the same arithmetic as ONNX."""

import jax
import jax.numpy as jnp
import numpy as np

from pixels import SIDE
from words import IMAGE_TOKENS, VOCABULARY

WIDTH, LAYERS, HEADS, KV_HEADS, HEAD, HIDDEN = 128, 4, 4, 2, 32, 384
VISION_LAYERS, VISION_HEADS, VISION_HIDDEN = 2, 4, 384
STEM = (48, 64, 96, WIDTH)
CONTEXT = 1024
ROPE_BASE = 10_000.0
EPSILON = 1e-5
LORA_RANK, LORA_MODULES = 4, ("q_proj", "v_proj")
GRID = int(np.sqrt(IMAGE_TOKENS))

Weights = dict[str, jax.Array]

CONVOLUTIONS = (
    # name, kernel, stride, from, to, adds its input
    ("stem", 7, 4, 1, STEM[0], False),
    ("conv1", 3, 1, STEM[0], STEM[1], False),
    ("conv2", 3, 1, STEM[1], STEM[1], True),
    ("conv3", 3, 2, STEM[1], STEM[2], False),
    ("conv4", 3, 1, STEM[2], STEM[2], True),
    ("conv5", 3, 2, STEM[2], STEM[3], False),
)


def initial(seed: int) -> Weights:
    rng = np.random.default_rng(seed)
    w: dict[str, np.ndarray] = {}

    def dense(name: str, *shape: int, scale: float = 1.0) -> None:
        w[name] = rng.normal(0, scale / np.sqrt(np.prod(shape[:-1])), shape)

    def norm(name: str, width: int, bias: bool) -> None:
        w[name + ".scale"] = np.ones(width)
        if bias:
            w[name + ".bias"] = np.zeros(width)

    for name, kernel, _, before, after, adds in CONVOLUTIONS:
        dense(f"vision.{name}.kernel", kernel, kernel, before, after, scale=0.3 if adds else np.sqrt(2))
        w[f"vision.{name}.bias"] = np.zeros(after)
    # A code for the cell's row and one for its column, as large as what the convolutions say; with small ones "left" was hard to learn.
    rows, columns = rng.normal(0, 0.7, (2, GRID, WIDTH))
    w["vision.place"] = (rows[:, None] + columns[None]).reshape(IMAGE_TOKENS, WIDTH)
    for i in range(VISION_LAYERS):
        at = f"vision.layers.{i}."
        norm(at + "norm1", WIDTH, True), norm(at + "norm2", WIDTH, True)
        for part in ("q", "k", "v"):
            dense(at + part, WIDTH, WIDTH)
        dense(at + "o", WIDTH, WIDTH, scale=0.4)
        dense(at + "up", WIDTH, VISION_HIDDEN)
        w[at + "up_bias"] = np.zeros(VISION_HIDDEN)
        dense(at + "down", VISION_HIDDEN, WIDTH, scale=0.4)
    norm("vision.norm", WIDTH, True)
    dense("vision.project", WIDTH, WIDTH)
    # The same for the decoder, beside what the encoder says.
    rows, columns = rng.normal(0, 0.6, (2, GRID, WIDTH))
    w["vision.cell"] = (rows[:, None] + columns[None]).reshape(IMAGE_TOKENS, WIDTH)
    w["embed"] = rng.normal(0, 1.0, (VOCABULARY, WIDTH))
    for i in range(LAYERS):
        at = f"layers.{i}."
        norm(at + "norm1", WIDTH, False), norm(at + "norm2", WIDTH, False)
        dense(at + "q_proj", WIDTH, HEADS * HEAD)
        dense(at + "k_proj", WIDTH, KV_HEADS * HEAD)
        dense(at + "v_proj", WIDTH, KV_HEADS * HEAD)
        dense(at + "o_proj", HEADS * HEAD, WIDTH, scale=0.4)
        dense(at + "gate_proj", WIDTH, HIDDEN)
        dense(at + "up_proj", WIDTH, HIDDEN)
        dense(at + "down_proj", HIDDEN, WIDTH, scale=0.4)
    norm("norm", WIDTH, False)
    dense("head", WIDTH, VOCABULARY, scale=0.5)
    # How many of each kind there are, and where the largest is: asked of the encoder while it trains, and told to the decoder.
    dense("vision.counts", WIDTH, 5 * 7)
    w["vision.counts_bias"] = np.zeros(5 * 7)
    dense("vision.places", WIDTH, 4 * 3)
    w["vision.places_bias"] = np.zeros(4 * 3)
    w["vision.summary"] = rng.normal(0, 0.5, (5 * 7 + 4 * 3, WIDTH))
    # Read by the training alone: what each cell of the encoder's grid holds.
    dense("aux.cells", WIDTH, 8)
    w["aux.cells_bias"] = np.zeros(8)
    return {name: jnp.asarray(value, jnp.float32) for name, value in w.items()}


def layer_norm(x: jax.Array, scale: jax.Array, bias: jax.Array | None = None) -> jax.Array:
    centred = x - x.mean(-1, keepdims=True)
    out = centred * jax.lax.rsqrt((centred * centred).mean(-1, keepdims=True) + EPSILON) * scale
    return out if bias is None else out + bias


def silu(x: jax.Array) -> jax.Array:
    return x * (0.5 + 0.5 * jnp.tanh(0.5 * x))


def see(w: Weights, images: jax.Array) -> jax.Array:
    """uint8 [N, SIDE, SIDE] -> features [N, IMAGE_TOKENS, WIDTH] before the projection."""
    x = (images.astype(jnp.float32) / 255.0).reshape(-1, SIDE, SIDE, 1)
    for name, kernel, stride, _, _, adds in CONVOLUTIONS:
        pad = [(kernel // 2, kernel // 2)] * 2
        y = jax.lax.conv_general_dilated(x, w[f"vision.{name}.kernel"], (stride, stride), pad, dimension_numbers=("NHWC", "HWIO", "NHWC"))
        y = jax.nn.relu(y + w[f"vision.{name}.bias"])
        x = x + y if adds else y
    x = (x.reshape(-1, IMAGE_TOKENS, WIDTH) + w["vision.place"]).reshape(-1, WIDTH)
    size = WIDTH // VISION_HEADS
    for i in range(VISION_LAYERS):
        at = f"vision.layers.{i}."
        y = layer_norm(x, w[at + "norm1.scale"], w[at + "norm1.bias"])
        q, k, v = ((y @ w[at + part]).reshape(-1, IMAGE_TOKENS, VISION_HEADS, size) for part in ("q", "k", "v"))
        share = jax.nn.softmax(jnp.einsum("nqhd,nkhd->nhqk", q, k) / np.sqrt(size), -1)
        x = x + jnp.einsum("nhqk,nkhd->nqhd", share, v).reshape(-1, WIDTH) @ w[at + "o"]
        y = layer_norm(x, w[at + "norm2.scale"], w[at + "norm2.bias"])
        x = x + silu(y @ w[at + "up"] + w[at + "up_bias"]) @ w[at + "down"]
    return layer_norm(x, w["vision.norm.scale"], w["vision.norm.bias"]).reshape(-1, IMAGE_TOKENS, WIDTH)


def features(w: Weights, images: jax.Array) -> jax.Array:
    """uint8 [N, SIDE, SIDE] -> [N, IMAGE_TOKENS, WIDTH], as they stand in a prompt."""
    return told(w, see(w, images))


def summary(w: Weights, seen: jax.Array) -> tuple[jax.Array, jax.Array]:
    """What the encoder says of the whole picture: scores of the numbers of each kind and of all [N, 5, 7], places of the largest [N, 12]."""
    whole = seen.mean(1)
    return (whole @ w["vision.counts"] + w["vision.counts_bias"]).reshape(-1, 5, 7), whole @ w["vision.places"] + w["vision.places_bias"]


def told(w: Weights, seen: jax.Array) -> jax.Array:
    """What stands in the prompt: what each cell holds, where it lies, and the summary of the whole, alike in every cell."""
    counts, places = summary(w, seen)
    whole = jnp.concatenate([jax.nn.softmax(counts, -1).reshape(-1, 35), places], -1) @ w["vision.summary"]
    return (seen.reshape(-1, WIDTH) @ w["vision.project"]).reshape(seen.shape) + w["vision.cell"] + whole[:, None]


def angles(positions: int) -> tuple[np.ndarray, np.ndarray]:
    """Cosines and sines [positions, HEAD / 2] of rotary positions (halves, not interleaved)."""
    frequency = ROPE_BASE ** (-np.arange(0, HEAD, 2) / HEAD)
    angle = np.arange(positions)[:, None] * frequency[None]
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


def turned(x: jax.Array, cos: jax.Array, sin: jax.Array) -> jax.Array:
    """Rotary embedding of [B, S, heads, HEAD]; cos and sin [B, S, 1, HEAD / 2]."""
    first, second = jnp.split(x, 2, -1)
    return jnp.concatenate([first * cos - second * sin, second * cos + first * sin], -1)


def attend(q: jax.Array, k: jax.Array, v: jax.Array, hidden: jax.Array) -> jax.Array:
    """Grouped-query attention: q [B, S, HEADS, HEAD], k and v [B, S, KV_HEADS, HEAD], hidden 0 or -1e9 [B, 1, 1, S, S].

    As plain products of stacked heads, normalised at the end: half the time of the textbook einsum on this kind of machine.
    """
    b, s = q.shape[:2]
    times = HEADS // KV_HEADS
    q = q.reshape(b, s, KV_HEADS, times, HEAD).transpose(0, 2, 3, 1, 4).reshape(b, KV_HEADS, times * s, HEAD)
    k, v = k.transpose(0, 2, 3, 1), v.transpose(0, 2, 1, 3)
    score = (q @ k).reshape(b, KV_HEADS, times, s, s) / np.float32(np.sqrt(HEAD)) + hidden
    share = jnp.exp(score - jax.lax.stop_gradient(score.max(-1, keepdims=True)))
    mixed = (share.reshape(b, KV_HEADS, times * s, s) @ v) / share.sum(-1).reshape(b, KV_HEADS, times * s, 1)
    return mixed.reshape(b, KV_HEADS, times, s, HEAD).transpose(0, 3, 1, 2, 4).reshape(b, s, HEADS * HEAD)


def decode(w: Weights, x: jax.Array, positions: jax.Array, mask: jax.Array, lora: Weights | None = None) -> jax.Array:
    """[B, S, WIDTH] -> [B, S, WIDTH] before the head. mask [B, S, S] is True where a row may look at a column."""
    cos, sin = (jnp.asarray(table)[positions][:, :, None, :] for table in angles(CONTEXT))
    b, s, _ = x.shape
    hidden = jnp.where(mask, 0.0, -1e9)[:, None, None]
    # Tokens lie in one axis: the slope of a weight is then one plain product (three axes took twice the time).
    x = x.reshape(b * s, WIDTH)
    for i in range(LAYERS):
        at = f"layers.{i}."
        y = layer_norm(x, w[at + "norm1.scale"])

        def project(name: str, heads: int, y=y, at=at) -> jax.Array:
            out = y @ w[at + name]
            if lora is not None and name in LORA_MODULES:
                out = out + (y @ lora[f"lora.{at}{name}.a"]) @ lora[f"lora.{at}{name}.b"]
            return out.reshape(b, s, heads, HEAD)

        q, k = turned(project("q_proj", HEADS), cos, sin), turned(project("k_proj", KV_HEADS), cos, sin)
        x = x + attend(q, k, project("v_proj", KV_HEADS), hidden).reshape(b * s, HEADS * HEAD) @ w[at + "o_proj"]
        y = layer_norm(x, w[at + "norm2.scale"])
        x = x + (silu(y @ w[at + "gate_proj"]) * (y @ w[at + "up_proj"])) @ w[at + "down_proj"]
    return layer_norm(x, w["norm.scale"]).reshape(b, s, WIDTH)


def logits(w: Weights, hidden: jax.Array) -> jax.Array:
    return hidden @ w["head"]


def no_lora() -> dict[str, np.ndarray]:
    """The adapter that changes nothing: `a` small and random, `b` zero, as a training starts."""
    rng = np.random.default_rng(3)
    wide = {"q_proj": HEADS * HEAD, "v_proj": KV_HEADS * HEAD}
    out = {}
    for i in range(LAYERS):
        for name in LORA_MODULES:
            out[f"lora.layers.{i}.{name}.a"] = rng.normal(0, 0.1, (WIDTH, LORA_RANK)).astype(np.float32)
            out[f"lora.layers.{i}.{name}.b"] = np.zeros((LORA_RANK, wide[name]), np.float32)
    return out
