import { RandomWeights } from '@medserve/engines/standin';
import { writeOnnx, type OnnxNode, type OnnxValue } from '@medserve/engines/standin';

/* ImageNet's mean and deviation, of bytes. */
const MEAN = [123.675, 116.28, 103.53];
const DEVIATION = [58.395, 57.12, 57.375];

const CLASSES = 1_000;
const STAGES = [
  { channels: 64, stride: 1 },
  { channels: 128, stride: 2 },
  { channels: 256, stride: 2 },
  { channels: 512, stride: 2 },
];

class Network {
  readonly nodes: OnnxNode[] = [];
  readonly weights = new RandomWeights();

  node(op: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}): string {
    const output = `${op.toLowerCase()}${String(this.nodes.length)}`;
    this.nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  /** A convolution with the batch normalisation folded into it. */
  convolution(input: string, from: number, to: number, side: number, stride: number): string {
    const index = String(this.nodes.length);
    const fanIn = from * side * side;
    const kernel = this.weights.add(`kernel${index}`, [to, from, side, side], fanIn);
    const bias = this.weights.add(`bias${index}`, [to], fanIn);
    const pad = Math.floor(side / 2);
    return this.node('Conv', [input, kernel, bias], {
      kernel_shape: [side, side],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
    });
  }

  block(input: string, from: number, to: number, stride: number): string {
    const first = this.node('Relu', [this.convolution(input, from, to, 3, stride)]);
    const second = this.convolution(first, to, to, 3, 1);
    const shortcut = from === to && stride === 1 ? input : this.convolution(input, from, to, 1, stride);
    return this.node('Relu', [this.node('Add', [second, shortcut])]);
  }

  /** From bytes in rows of RGB to what ImageNet's networks take: inside the graph, so that bytes travel. */
  normalise(input: string): string {
    const planes = this.node('Transpose', [this.node('Cast', [input], { to: 1 })], { perm: [0, 3, 1, 2] });
    const mean = this.weights.constant('mean', [1, 3, 1, 1], MEAN);
    const deviation = this.weights.constant('deviation', [1, 3, 1, 1], DEVIATION);
    return this.node('Div', [this.node('Sub', [planes, mean]), deviation]);
  }
}

/**
 * A network of the size and shape of ResNet-18 (K. He et al., 2016): 11.7 million parameters, 46.8 MB, weights of noise.
 * `image` is FP32 [n, 3, 224, 224], or with `uint8` UINT8 [n, 224, 224, 3] that the graph normalises; `scores` FP32 [n, 1000].
 */
export function resnet18Onnx({ uint8 = false }: { readonly uint8?: boolean } = {}): Buffer {
  const network = new Network();
  const image: OnnxValue = uint8
    ? { name: 'image', type: 'UINT8', shape: ['n', 224, 224, 3] }
    : { name: 'image', type: 'FP32', shape: ['n', 3, 224, 224] };
  const stem = network.convolution(uint8 ? network.normalise('image') : 'image', 3, 64, 7, 2);
  let state = network.node('MaxPool', [network.node('Relu', [stem])], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  });
  let from = 64;
  for (const { channels, stride } of STAGES) {
    state = network.block(state, from, channels, stride);
    state = network.block(state, channels, channels, 1);
    from = channels;
  }
  const features = network.node('Flatten', [network.node('GlobalAveragePool', [state])]);
  const matrix = network.weights.add('matrix', [CLASSES, from], from);
  const bias = network.weights.add('bias', [CLASSES], from);
  network.nodes.push({ op: 'Gemm', inputs: [features, matrix, bias], outputs: ['scores'], attributes: { transB: 1 } });
  return writeOnnx({
    inputs: [image],
    outputs: [{ name: 'scores', type: 'FP32', shape: ['n', CLASSES] }],
    nodes: network.nodes,
    weights: network.weights.all,
  });
}
