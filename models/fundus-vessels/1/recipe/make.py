"""Makes ../model.onnx: the whole fundus chain as one fixed, fully convolutional graph. No weight is trained.

    python -m venv /tmp/v && /tmp/v/bin/pip install -r requirements.txt && /tmp/v/bin/python make.py

In:  image       uint8   [N, H, W, 3]       RGB, the long side about 768 pixels
Out: vesselness  float32 [N, H, W]          strength of a dark line, in units of local contrast
     field       uint8   [N, H, W]          1 inside the lit field
     disc        float32 [N, K, H/4, W/4]   optic disc score for each of K radii (H/4 rounded up)

Vesselness: green channel, masked local mean and contrast normalisation, then for 4 widths x 12 orientations the matched
filter (Chaudhuri et al., IEEE Trans Med Imaging 8:263-269, 1989; here the second derivative of a Gaussian) less a share of
the magnitude of its odd companion, so that a step edge answers less than a line (Zhang et al., Comput Biol Med 40:438-445,
2010, "MF-FDOG"). Largest over widths and orientations.

Disc: contrast of a circle against the ring round it, times how much vessel runs through it (vessels converge there).
"""

import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ORIENTATIONS = 12
# (sigma of the line profile in pixels of the scale, weight, whether at half resolution)
FINE = [(1.2, 0.8), (1.9, 1.0)]
COARSE = [(1.6, 1.0), (2.6, 0.9)]
EDGE_SHARE = 0.5
SPOT_SHARE = 1.0
DISC_RADII = [4, 6, 8, 10, 12, 15, 18, 22]  # in pixels of a quarter of the resolution
CONTRAST_FLOOR = 0.012
DARK = 0.07  # below this share of full scale, in the brightest channel, there is no field


class Graph:
    def __init__(self):
        self.nodes, self.initializers, self.count = [], [], 0

    def const(self, value, dtype=np.float32):
        name = f'c{len(self.initializers)}'
        self.initializers.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def ints(self, *values):
        return self.const(values, np.int64)

    def op(self, kind, *inputs, output=None, **attributes):
        self.count += 1
        output = output or f'{kind.lower()}{self.count}'
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def conv(self, x, kernels):
        kernels = np.asarray(kernels, np.float32)
        height, width = kernels.shape[-2:]
        return self.op('Conv', x, self.const(kernels), pads=[height // 2, width // 2, height // 2, width // 2])

    def box(self, x, size):
        half = size // 2
        x = self.op('AveragePool', x, kernel_shape=[size, 1], pads=[half, 0, half, 0], count_include_pad=0)
        return self.op('AveragePool', x, kernel_shape=[1, size], pads=[0, half, 0, half], count_include_pad=0)

    def erode(self, mask, size):
        half = size // 2
        outside = self.op('Sub', self.const(1), mask)
        for kernel, pads in (([size, 1], [half, 0, half, 0]), ([1, size], [0, half, 0, half])):
            outside = self.op('MaxPool', outside, kernel_shape=kernel, pads=pads)
        return self.op('Sub', self.const(1), outside)

    def halve(self, x, by):
        return self.op('AveragePool', x, kernel_shape=[by, by], strides=[by, by])

    def grow(self, x, by):
        return self.op('Resize', x, '', self.const([1, 1, by, by]), mode='linear', coordinate_transformation_mode='half_pixel')


def line_kernels(sigma):
    """Even and odd kernels [2 * orientations, 1, k, k]: 1 from a dark Gaussian line of that sigma; equal on an edge sigma away."""
    reach = int(np.ceil(3 * sigma + 1.5))
    yy, xx = np.mgrid[-reach:reach + 1, -reach:reach + 1].astype(float)
    even, odd = [], []
    for index in range(ORIENTATIONS):
        angle = np.pi * index / ORIENTATIONS
        across = xx * np.cos(angle) + yy * np.sin(angle)
        along = -xx * np.sin(angle) + yy * np.cos(angle)
        envelope = np.exp(-across**2 / (2 * sigma**2) - along**2 / (2 * (2.0 * sigma) ** 2))
        disc = np.hypot(xx, yy) <= reach + 0.01
        e = (across**2 / sigma**2 - 1) * envelope * disc
        e -= disc * e.sum() / disc.sum()
        e /= (e * -np.exp(-across**2 / (2 * sigma**2))).sum()
        o = across * envelope * disc
        edge = (across > sigma).astype(float) + 0.5 * (np.abs(across - sigma) < 0.5)
        o *= abs((e * edge).sum() / (o * edge).sum())
        even.append(e)
        odd.append(o)
    return np.array(even)[:, None], np.array(odd)[:, None]


def line_strength(g, x, sigma):
    even, odd = line_kernels(sigma)
    response = g.conv(x, np.concatenate([even, odd]))
    e = g.op('Slice', response, g.ints(0), g.ints(ORIENTATIONS), g.ints(1))
    o = g.op('Slice', response, g.ints(ORIENTATIONS), g.ints(2 * ORIENTATIONS), g.ints(1))
    line = g.op('ReduceMax', g.op('Sub', e, g.op('Mul', g.op('Abs', o), g.const(EDGE_SHARE))), g.ints(1), keepdims=1)
    # A round spot answers in every orientation, a line (and a crossing) does not.
    spot = g.op('Relu', g.op('ReduceMin', e, g.ints(1), keepdims=1))
    return g.op('Sub', line, g.op('Mul', spot, g.const(SPOT_SHARE)))


def masked_mean(g, total, share, floor=1e-3):
    return g.op('Div', total, g.op('Max', share, g.const(floor)))


def disc_score(g, brightness, mask, vessels):
    """All at quarter resolution."""
    reach = int(1.8 * max(DISC_RADII))
    yy, xx = np.mgrid[-reach:reach + 1, -reach:reach + 1]
    rho = np.hypot(xx, yy)
    inner = np.array([(rho <= r) / (rho <= r).sum() for r in DISC_RADII])[:, None]
    ring = np.array([((rho > 1.15 * r) & (rho <= 1.8 * r)) / ((rho > 1.15 * r) & (rho <= 1.8 * r)).sum() for r in DISC_RADII])[:, None]
    lit = g.op('Mul', brightness, mask)
    cover_in, cover_ring = g.conv(mask, inner), g.conv(mask, ring)
    contrast = g.op('Sub', masked_mean(g, g.conv(lit, inner), cover_in), masked_mean(g, g.conv(lit, ring), cover_ring))
    trusted = g.op('And', g.op('Greater', cover_in, g.const(0.75)), g.op('Greater', cover_ring, g.const(0.35)))
    area = g.op('Max', g.op('ReduceMean', mask, g.ints(2, 3), keepdims=1), g.const(1e-3))
    mean = g.op('Div', g.op('ReduceMean', lit, g.ints(2, 3), keepdims=1), area)
    deviation = g.op('Mul', g.op('Sub', brightness, mean), mask)
    spread = g.op('Sqrt', g.op('Div', g.op('ReduceMean', g.op('Mul', deviation, deviation), g.ints(2, 3), keepdims=1), area))
    contrast = g.op('Div', contrast, g.op('Add', spread, g.const(0.02)))
    usual = g.op('Add', g.op('Div', g.op('ReduceMean', vessels, g.ints(2, 3), keepdims=1), area), g.const(0.02))
    converge = g.op('Clip', g.op('Div', g.conv(vessels, inner), usual), g.const(0), g.const(4))
    score = g.op('Mul', g.op('Relu', contrast), g.op('Add', g.op('Mul', converge, g.const(0.25)), g.const(0.25)))
    return g.op('Where', trusted, score, g.const(0))


def build():
    g = Graph()
    shape = g.op('Shape', 'image')
    size = g.op('Slice', shape, g.ints(1), g.ints(3))
    # Padded to a multiple of 4, so that the coarser scales lie exactly over the finer one.
    short = g.op('Mod', g.op('Sub', g.ints(4), g.op('Mod', size, g.ints(4))), g.ints(4))
    pads = g.op('Concat', g.ints(0, 0, 0, 0, 0), short, g.ints(0), axis=0)
    x = g.op('Pad', g.op('Cast', 'image', to=TensorProto.FLOAT), pads, mode='edge')
    x = g.op('Mul', g.op('Transpose', x, perm=[0, 3, 1, 2]), g.const(1 / 255))

    brightest = g.box(g.op('ReduceMax', x, g.ints(1), keepdims=1), 3)
    # The blur has carried the edge outwards by about one pixel.
    field = g.erode(g.op('Cast', g.op('Greater', brightest, g.const(DARK)), to=TensorProto.FLOAT), 3)
    mask = g.erode(field, 9)

    red = g.op('Slice', x, g.ints(0), g.ints(1), g.ints(1))
    green = g.op('Slice', x, g.ints(1), g.ints(2), g.ints(1))

    # Local mean and contrast at quarter resolution: they are smooth, and this is cheap.
    m4 = g.halve(mask, 4)
    g4 = masked_mean(g, g.halve(g.op('Mul', green, mask), 4), m4)
    share = g.box(g.box(m4, 11), 11)
    mean4 = masked_mean(g, g.box(g.box(g.op('Mul', g4, m4), 11), 11), share)
    mean = g.grow(mean4, 4)
    flat = g.op('Mul', g.op('Sub', green, mean), mask)
    energy4 = g.halve(g.op('Mul', flat, flat), 4)
    local = masked_mean(g, g.box(g.box(energy4, 31), 31), g.box(g.box(m4, 31), 31))
    overall = g.op('Div', g.op('ReduceMean', energy4, g.ints(2, 3), keepdims=1),
                   g.op('Max', g.op('ReduceMean', m4, g.ints(2, 3), keepdims=1), g.const(1e-3)))
    variance = g.op('Add', g.op('Mul', g.op('Add', local, overall), g.const(0.5)), g.const(CONTRAST_FLOOR**2))
    normal = g.op('Div', flat, g.grow(g.op('Sqrt', variance), 4))
    # A bright disc or lesion must not set the scale for the dark side of its own rim.
    normal = g.op('Clip', normal, g.const(-3), g.const(1.5))

    half = g.halve(normal, 2)
    coarse = [g.op('Mul', line_strength(g, half, sigma), g.const(weight)) for sigma, weight in COARSE]
    coarse = g.op('Max', *coarse)
    fine = [g.op('Mul', line_strength(g, normal, sigma), g.const(weight)) for sigma, weight in FINE]
    strength = g.op('Max', *fine, g.grow(coarse, 2))
    strength = g.op('Mul', g.op('Relu', strength), g.erode(mask, 3))

    brightness = g.halve(g.op('Mul', g.op('Mul', g.op('Add', red, green), g.const(0.5)), mask), 4)
    brightness = masked_mean(g, brightness, m4)
    # A smooth background is taken off, or the brighter side of the field would win.
    wide = masked_mean(g, g.box(g.box(g.op('Mul', brightness, m4), 61), 61), g.box(g.box(m4, 61), 61))
    vessels = g.op('Mul', g.halve(g.op('Relu', coarse), 2), m4)
    g.op('Identity', disc_score(g, g.op('Sub', brightness, wide), m4, vessels), output='disc')

    ends = g.op('Concat', g.op('Slice', shape, g.ints(0), g.ints(1)), size, axis=0)
    cut = lambda value, name: g.op('Slice', g.op('Squeeze', value, g.ints(1)), g.ints(0, 0, 0), ends, output=name)
    cut(strength, 'vesselness')
    cut(g.op('Cast', field, to=TensorProto.UINT8), 'field')

    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        g.nodes, 'fundus-vessels',
        [info('image', TensorProto.UINT8, ['N', 'H', 'W', 3])],
        [info('vesselness', TensorProto.FLOAT, ['N', 'H', 'W']),
         info('field', TensorProto.UINT8, ['N', 'H', 'W']),
         info('disc', TensorProto.FLOAT, ['N', len(DISC_RADII), None, None])],
        g.initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 19)], ir_version=9, producer_name='medserve')
    onnx.checker.check_model(model, full_check=True)
    return model


if __name__ == '__main__':
    target = Path(__file__).resolve().parent.parent / 'model.onnx'
    target.write_bytes(build().SerializeToString(deterministic=True))
    print(hashlib.sha256(target.read_bytes()).hexdigest(), target.name)
