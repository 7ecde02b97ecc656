import { writeOnnx, type Dimension, type ElementType, type OnnxValue } from '@medserve/engines/standin';

/* The smallest real models. */

/** `y` is `x`: any length, or as `shape` says. */
export const identityOnnx = (type: ElementType = 'FP32', shape: readonly Dimension[] = ['n']): Buffer =>
  writeOnnx({
    inputs: [{ name: 'x', type, shape }],
    outputs: [{ name: 'y', type, shape }],
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
  });

/** `sum` and `difference` of the rows `a` and `b`, FP32 [n, 4]. */
export const sumAndDifferenceOnnx = (): Buffer => {
  const rows = (name: string): OnnxValue => ({ name, type: 'FP32', shape: ['n', 4] });
  return writeOnnx({
    inputs: [rows('a'), rows('b')],
    outputs: [rows('sum'), rows('difference')],
    nodes: [
      { op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
      { op: 'Sub', inputs: ['a', 'b'], outputs: ['difference'] },
    ],
  });
};

/**
 * Runs for about as long as `side` to the power of three says: `y` = the sum of `layers` chained products of a square matrix
 * with itself. For tests that need a model at work: `x` is one FP32 number, added to the result times zero.
 */
export function slowOnnx(side: number, layers: number): Buffer {
  const values = new Float32Array(side * side).fill(1 / side);
  const products = Array.from({ length: layers }, (_, index) => ({
    op: 'MatMul',
    inputs: [index === 0 ? 'seed' : `p${String(index - 1)}`, 'w'],
    outputs: [`p${String(index)}`],
  }));
  return writeOnnx({
    inputs: [{ name: 'x', type: 'FP32', shape: [1] }],
    outputs: [{ name: 'y', type: 'FP32', shape: [] }],
    nodes: [
      // From the input on, so that no optimiser folds the work into a constant.
      { op: 'Add', inputs: ['w', 'x'], outputs: ['seed'] },
      ...products,
      { op: 'ReduceMean', inputs: [`p${String(layers - 1)}`], outputs: ['y'], attributes: { keepdims: 0 } },
    ],
    weights: [{ name: 'w', shape: [side, side], values }],
  });
}

/** A 3x3 mean filter over a UINT8 picture [n, height, width, 1]: the convolution lies in the graph, as packages do it. */
export const meanFilterOnnx = (): Buffer =>
  writeOnnx({
    inputs: [{ name: 'image', type: 'UINT8', shape: ['n', 'h', 'w', 1] }],
    outputs: [{ name: 'smooth', type: 'FP32', shape: ['n', 1, 'h', 'w'] }],
    nodes: [
      { op: 'Cast', inputs: ['image'], outputs: ['float'], attributes: { to: 1 } },
      { op: 'Transpose', inputs: ['float'], outputs: ['nchw'], attributes: { perm: [0, 3, 1, 2] } },
      {
        op: 'Conv',
        inputs: ['nchw', 'kernel'],
        outputs: ['smooth'],
        attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
      },
    ],
    weights: [{ name: 'kernel', shape: [1, 1, 3, 3], values: new Float32Array(9).fill(1 / 9) }],
  });
