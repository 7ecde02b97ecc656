"""Makes ../model.onnx: stain separation and nucleus strength as one fixed graph. No weight is trained.

    python -m venv /tmp/v && /tmp/v/bin/pip install -r requirements.txt && /tmp/v/bin/python make.py

In:  image         uint8   [N, H, W, 3]  RGB
Out: haematoxylin  float32 [N, H, W]     optical density (base 10) of haematoxylin; may be slightly negative
     counterstain  float32 [N, H, W]     of eosin or DAB, whichever pair of stains explains the image better
     tissue        uint8   [N, H, W]     1 where something absorbs
     nuclear       float32 [N, H, W]     strength of a haematoxylin blob of the size that prevails in this image
     spots         float32 [N, H, W]     the same of the counterstain, for round things only
     scale         float32 [N]           that prevailing size, as a radius in pixels
     residual      float32 [N, 2]        share of the absorption that H&E, and H-DAB, leave unexplained
     is_h_and_e    float32 [N]           1 where H&E was taken, 0 where H-DAB
     white         float32 [N, 3]        the light that was taken for unabsorbed

Colour deconvolution and the stain vectors: Ruifrok & Johnston, Anal Quant Cytol Histol 23:291-299, 2001, with the
third vector at right angles to the two stains. Blobs: differences of Gaussians, scale-normalised (Lindeberg, IJCV 30:79-116,
1998); the scale is weighed by how much energy the whole image has in it, so that neither chromatin nor glands win.
"""

import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HAEMATOXYLIN = (0.65, 0.70, 0.29)
EOSIN = (0.07, 0.99, 0.11)
DAB = (0.27, 0.57, 0.78)
TISSUE_DENSITY = 0.03  # mean optical density of the three channels, over 9 x 9 pixels
WHITE_RANGE = (180.0, 255.0)
SIGMAS = [2 * 2 ** (k / 2) for k in range(7)]
SCALE_SHARPNESS = 2.0
H_AND_E_LEAD = 0.01  # H&E must leave so much less unexplained than H-DAB; haematoxylin alone counts as H-DAB


def unit(vector):
    vector = np.asarray(vector, float)
    return vector / np.linalg.norm(vector)


def deconvolution(first, second):
    """[3 densities, 3 amounts]: amounts = densities @ this, for two stains and what lies at right angles to them."""
    first, second = unit(first), unit(second)
    return np.linalg.inv(np.array([first, second, unit(np.cross(first, second))]))


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

    def channels(self, x, first, count=1):
        return self.op('Slice', x, self.ints(first), self.ints(first + count), self.ints(1))

    def mix(self, x, matrix):
        """A matrix [in, out] on the channels of every pixel."""
        return self.op('Conv', x, self.const(np.asarray(matrix).T[:, :, None, None]))

    def box(self, x, size):
        half = size // 2
        x = self.op('AveragePool', x, kernel_shape=[size, 1], pads=[half, 0, half, 0], count_include_pad=0)
        return self.op('AveragePool', x, kernel_shape=[1, size], pads=[0, half, 0, half], count_include_pad=0)

    def blur(self, x, sigma):
        """Gaussian over one channel; the border is repeated, or a tile's edge would look like the end of a nucleus."""
        reach = int(np.ceil(3 * sigma))
        kernel = np.exp(-np.arange(-reach, reach + 1) ** 2 / (2 * sigma**2))
        kernel /= kernel.sum()
        x = self.op('Pad', x, self.ints(0, 0, reach, reach, 0, 0, reach, reach), mode='edge')
        x = self.op('Conv', x, self.const(kernel[None, None, :, None]))
        return self.op('Conv', x, self.const(kernel[None, None, None, :]))

    def mean(self, x):
        return self.op('ReduceMean', x, self.ints(2, 3), keepdims=1)

    def flat(self, x, output):
        return self.op('Squeeze', x, self.ints(1), output=output)


def unexplained(g, density, mask, first, second):
    """Share of the squared density that no non-negative amounts of two stains explain: [N, 1, 1, 1]."""
    first, second = unit(first), unit(second)
    along = float(first @ second)
    p = [g.mix(density, v[:, None]) for v in (first, second)]
    free = 1 / (1 - along**2)
    c = [g.op('Mul', g.op('Sub', p[i], g.op('Mul', p[1 - i], g.const(along))), g.const(free)) for i in (0, 1)]
    # Where one amount would be negative it is zero, and the other is the projection.
    a = [g.op('Where', g.op('Less', c[1 - i], g.const(0)), g.op('Relu', p[i]), g.op('Relu', c[i])) for i in (0, 1)]
    model = g.op('Add', *[g.op('Mul', amount, g.const(v[None, :, None, None])) for amount, v in zip(a, (first, second))])
    gap = g.op('Mul', g.op('Sub', density, model), mask)
    whole = g.op('Mul', density, mask)
    energy = lambda x: g.mean(g.op('ReduceSum', g.op('Mul', x, x), g.ints(1), keepdims=1))
    return g.op('Div', energy(gap), g.op('Max', energy(whole), g.const(1e-6)))


def differences(g, signal):
    blurred = [g.blur(signal, SIGMAS[0])]
    for before, after in zip(SIGMAS, SIGMAS[1:]):
        blurred.append(g.blur(blurred[-1], np.sqrt(after**2 - before**2)))
    return [g.op('Mul', g.op('Sub', a, b), g.const(1 / (2**0.5 - 1))) for a, b in zip(blurred, blurred[1:])], blurred


def build():
    g = Graph()
    rgb = g.op('Transpose', g.op('Cast', 'image', to=TensorProto.FLOAT), perm=[0, 3, 1, 2])
    white = g.op('Clip', g.op('ReduceMax', g.box(rgb, 9), g.ints(2, 3), keepdims=1), *map(g.const, WHITE_RANGE))
    g.op('Squeeze', white, g.ints(2, 3), output='white')
    light = g.op('Div', g.op('Max', rgb, g.const(1)), white)
    density = g.op('Mul', g.op('Log', light), g.const(-1 / np.log(10)))

    absorbed = g.op('ReduceMean', g.box(density, 9), g.ints(1), keepdims=1)
    tissue = g.op('Cast', g.op('Greater', absorbed, g.const(TISSUE_DENSITY)), to=TensorProto.FLOAT)
    g.flat(g.op('Cast', tissue, to=TensorProto.UINT8), 'tissue')

    left_he = unexplained(g, density, tissue, HAEMATOXYLIN, EOSIN)
    left_dab = unexplained(g, density, tissue, HAEMATOXYLIN, DAB)
    g.op('Squeeze', g.op('Concat', left_he, left_dab, axis=1), g.ints(2, 3), output='residual')
    is_he = g.op('Less', left_he, g.op('Sub', left_dab, g.const(H_AND_E_LEAD)))
    g.op('Squeeze', g.op('Cast', is_he, to=TensorProto.FLOAT), g.ints(1, 2, 3), output='is_h_and_e')

    he = g.mix(density, deconvolution(HAEMATOXYLIN, EOSIN)[:, :2])
    dab = g.mix(density, deconvolution(HAEMATOXYLIN, DAB)[:, :2])
    amounts = g.op('Where', is_he, he, dab)
    h, second = g.channels(amounts, 0), g.channels(amounts, 1)
    g.flat(h, 'haematoxylin')
    g.flat(second, 'counterstain')

    # Above an optical density of about 1.2 the camera's noise rules.
    limited = lambda x: g.op('Clip', x, g.const(0), g.const(1.2))
    blobs, _ = differences(g, limited(h))
    strengths = [g.mean(g.op('Pow', g.op('Mul', g.op('Relu', b), tissue), g.const(2))) for b in blobs]
    energy = g.op('Concat', *strengths, axis=1)
    weight = g.op('Pow', g.op('Div', energy, g.op('Max', g.op('ReduceMax', energy, g.ints(1), keepdims=1), g.const(1e-12))), g.const(SCALE_SHARPNESS))
    share = g.op('Div', weight, g.op('Max', g.op('ReduceSum', weight, g.ints(1), keepdims=1), g.const(1e-12)))
    radii = g.const(np.array([np.sqrt(2) * s * 2**0.25 for s in SIGMAS[:-1]])[None, :, None, None])
    scale = g.op('ReduceSum', g.op('Mul', share, radii), g.ints(1), keepdims=1)
    g.op('Squeeze', scale, g.ints(1, 2, 3), output='scale')
    strongest = lambda maps: g.op('ReduceMax', g.op('Mul', g.op('Concat', *maps, axis=1), weight), g.ints(1), keepdims=1)
    g.flat(strongest(blobs), 'nuclear')

    spots, _ = differences(g, limited(second))
    g.flat(strongest(spots), 'spots')

    info = helper.make_tensor_value_info
    plane = ['N', 'H', 'W']
    outputs = [info(name, TensorProto.FLOAT, plane) for name in ('haematoxylin', 'counterstain', 'nuclear', 'spots')]
    outputs.insert(2, info('tissue', TensorProto.UINT8, plane))
    outputs += [info('scale', TensorProto.FLOAT, ['N']), info('residual', TensorProto.FLOAT, ['N', 2]), info('white', TensorProto.FLOAT, ['N', 3])]
    outputs += [info('is_h_and_e', TensorProto.FLOAT, ['N'])]
    graph = helper.make_graph(g.nodes, 'stain-nuclei', [info('image', TensorProto.UINT8, ['N', 'H', 'W', 3])], outputs, g.initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 19)], ir_version=9, producer_name='medserve')
    onnx.checker.check_model(model, full_check=True)
    return model


if __name__ == '__main__':
    target = Path(__file__).resolve().parent.parent / 'model.onnx'
    target.write_bytes(build().SerializeToString(deterministic=True))
    print(hashlib.sha256(target.read_bytes()).hexdigest(), target.name)
