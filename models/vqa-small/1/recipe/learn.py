"""Losses and steps of the training: the encoder alone at first, then both together, then an adapter on the frozen rest."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax

import net
from graph import BLOCK
from scenes import KINDS, Scene
from words import IMAGE_TOKENS


def truth(what: Scene | None) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """What the encoder is asked beside the answers, and whether it is known.

    Per cell: which kinds have their middle there, offset and size. Per kind: how many (and in all); where the largest is (x, y, r), 0 for none.
    """
    cells, counts, places = np.zeros((IMAGE_TOKENS, 8), np.float32), np.zeros(5, np.int32), np.zeros((len(KINDS), 3), np.float32)
    if what is None:
        return cells, counts, places, 0.0
    for thing in what.things:
        column, row = (min(net.GRID - 1, int(v * net.GRID)) for v in (thing.x, thing.y))
        cell = cells[row * net.GRID + column]
        cell[KINDS.index(thing.kind)] = 1
        cell[4:] = 1, thing.x * net.GRID - column - 0.5, thing.y * net.GRID - row - 0.5, thing.r * net.GRID
    counts[:4] = [len(what.of(kind)) for kind in KINDS]
    counts[4] = len(what.things)
    for k, kind in enumerate(KINDS):
        if what.of(kind):
            thing = max(what.of(kind), key=lambda thing: thing.r)
            places[k] = 4 * (thing.x - 0.5), 4 * (thing.y - 0.5), 8 * thing.r
    return cells, counts, places, 1.0


def encoder_loss(w: net.Weights, seen: jax.Array, cells: jax.Array, counts: jax.Array, places: jax.Array, known: jax.Array) -> jax.Array:
    guess = seen @ w["aux.cells"] + w["aux.cells_bias"]
    kinds = optax.sigmoid_binary_cross_entropy(guess[..., :4], cells[..., :4]).sum(-1).mean(-1)
    shape = (((guess[..., 5:] - cells[..., 5:]) ** 2).sum(-1) * cells[..., 4]).mean(-1)
    number, where = net.summary(w, seen)
    number = optax.softmax_cross_entropy_with_integer_labels(number, counts).mean(-1)
    where = ((where.reshape(-1, len(KINDS), 3) - places) ** 2).sum(-1).mean(-1)
    return ((4 * kinds + 4 * shape + 0.3 * number + where) * known).sum() / jnp.maximum(known.sum(), 1)


@jax.custom_vjp
def pick(table: jax.Array, at: jax.Array) -> jax.Array:
    """Rows of a table. Its slope is a product with one-hot rows: XLA's scatter on the CPU took half of a step."""
    return table[at]


def pick_slope(kept: tuple[jax.Array, jax.Array], slope: jax.Array) -> tuple[jax.Array, None]:
    at, table = kept
    return jax.nn.one_hot(at.ravel(), len(table), axis=0) @ slope.reshape(-1, slope.shape[-1]), None


pick.defvjp(lambda table, at: (table[at], (at, table)), pick_slope)


def answer_loss(w: net.Weights, feats: jax.Array, batch: dict, lora: net.Weights | None = None) -> tuple[jax.Array, jax.Array]:
    """Weighted cross entropy of the answers' tokens, and the share of them that greedy decoding has right."""
    text = pick(w["embed"], batch["ids"])
    picture = pick(feats.reshape(-1, net.WIDTH), jnp.maximum(batch["feature"], 0))
    x = jnp.where(batch["feature"][..., None] >= 0, picture, text)
    group, branch = batch["group"], batch["branch"]
    same = (group[:, :, None] == group[:, None, :]) & ((branch[:, None, :] == 0) | (branch[:, :, None] == branch[:, None, :]))
    mask = same & jnp.tril(jnp.ones(same.shape[1:], bool))[None]
    hidden = net.decode(w, x, batch["position"], mask, lora).reshape(-1, net.WIDTH)
    score = net.logits(w, pick(hidden, batch["at"]))
    each = optax.softmax_cross_entropy_with_integer_labels(score, batch["want"])
    right = (score.argmax(-1) == batch["want"]) * batch["weight"]
    return (each * batch["weight"]).sum() / batch["weight"].sum(), right.sum() / batch["weight"].sum()


def rate(peak: float, steps: int, warm: int = 200) -> optax.Schedule:
    return optax.warmup_cosine_decay_schedule(0.0, peak, warm, steps, peak * 0.02)


def adam(schedule: optax.Schedule) -> optax.GradientTransformation:
    decays = lambda w: {name: value.ndim > 1 and name not in ("embed", "vision.place", "vision.cell") for name, value in w.items()}  # noqa: E731
    return optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, b2=0.98, weight_decay=0.02, mask=decays))


@partial(jax.jit, static_argnums=0, donate_argnums=(1, 2))
def encoder_step(optimiser, w, state, images, cells, counts, places, known):
    loss, slope = jax.value_and_grad(lambda w: encoder_loss(w, net.see(w, images), cells, counts, places, known))(w)
    change, state = optimiser.update(slope, state, w)
    return optax.apply_updates(w, change), state, loss


def whole_loss(w: net.Weights, batch: dict, share: float) -> tuple[jax.Array, jax.Array]:
    """Answers and, by `share`, what the encoder is asked beside them."""
    seen = net.see(w, batch["images"])
    loss, right = answer_loss(w, net.told(w, seen), batch)
    return loss + share * encoder_loss(w, seen, batch["cells"], batch["counts"], batch["places"], batch["known"]), (loss, right)


@partial(jax.jit, static_argnums=(0, 1), donate_argnums=(2, 3))
def whole_step(optimiser, share, w, state, batch):
    (_, told), slope = jax.value_and_grad(whole_loss, has_aux=True)(w, batch, share)
    change, state = optimiser.update(slope, state, w)
    return optax.apply_updates(w, change), state, told


def four_bit(weight: jax.Array) -> jax.Array:
    """A weight [K, N] as MatMulNBits will hold it (`graph.four_bits`); its slope passes as if nothing had been rounded."""
    k, n = weight.shape
    blocks = weight.T.reshape(n, k // BLOCK, BLOCK)
    scale = jnp.take_along_axis(blocks, jnp.abs(blocks).argmax(-1, keepdims=True), -1) / -8
    scale = jnp.where(scale == 0, 1, scale)
    held = (jnp.clip(jnp.floor(blocks / scale + 8.5), 0, 15) - 8) * scale
    return weight + jax.lax.stop_gradient(held.reshape(n, k).T - weight)


def in_four_bits(w: net.Weights) -> net.Weights:
    """The decoder's weights as the 4-bit version holds them."""
    return {name: four_bit(value) if name == "head" or name.endswith("_proj") else value for name, value in w.items()}


@partial(jax.jit, static_argnums=0, donate_argnums=(1, 2))
def decoder_step(optimiser, w, state, frozen, batch):
    """Trains the decoder `w` for its 4-bit form; the encoder, in `frozen`, stays as it is."""
    feats = net.features(frozen, batch["images"])
    told, slope = jax.value_and_grad(lambda w: answer_loss(in_four_bits(w), feats, batch), has_aux=True)(w)
    change, state = optimiser.update(slope, state, w)
    return optax.apply_updates(w, change), state, told


@partial(jax.jit, static_argnums=0, donate_argnums=(1, 2))
def adapter_step(optimiser, lora, state, frozen, batch):
    """Trains an adapter; everything else stays as it is."""
    feats = net.features(frozen, batch["images"])
    told, slope = jax.value_and_grad(lambda lora: answer_loss(frozen, feats, batch, lora), has_aux=True)(lora)
    change, state = optimiser.update(slope, state, lora)
    return optax.apply_updates(lora, change), state, told
