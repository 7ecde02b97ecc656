import { RandomWeights } from '@medserve/engines/standin';
import { writeOnnx, type OnnxNode } from '@medserve/engines/standin';

/**
 * A perceptron of `layers` square layers: a run of one row costs about as much as one of eight, as reading the weights takes the
 * time. By default 4 layers of 2048, 67 MB. `x` is FP32 [n, width], `y` likewise.
 */
export function mlpOnnx(layers = 4, width = 2_048): Buffer {
  const weights = new RandomWeights();
  const nodes: OnnxNode[] = [];
  let state = 'x';
  for (let layer = 1; layer <= layers; layer += 1) {
    const matrix = weights.add(`matrix${String(layer)}`, [width, width], width);
    const product = `product${String(layer)}`;
    const output = layer === layers ? 'y' : `state${String(layer)}`;
    nodes.push({ op: 'MatMul', inputs: [state, matrix], outputs: [product] });
    nodes.push({ op: 'Relu', inputs: [product], outputs: [output] });
    state = output;
  }
  return writeOnnx({
    inputs: [{ name: 'x', type: 'FP32', shape: ['n', width] }],
    outputs: [{ name: 'y', type: 'FP32', shape: ['n', width] }],
    nodes,
    weights: weights.all,
  });
}
