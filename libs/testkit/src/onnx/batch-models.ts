import { writeOnnx, type OnnxGraph } from '@medserve/engines/standin';

/* Models with a batch axis whose runs show what was put together. */

/** One round of work on `before`: nothing that an optimiser removes, and no denormals. */
const round: OnnxGraph = {
  inputs: [
    { name: 'index', type: 'INT64', shape: [] },
    { name: 'go_in', type: 'BOOL', shape: [] },
    { name: 'before', type: 'FP32', shape: [64, 64] },
  ],
  outputs: [
    { name: 'go_out', type: 'BOOL', shape: [] },
    { name: 'after', type: 'FP32', shape: [64, 64] },
  ],
  nodes: [
    { op: 'MatMul', inputs: ['before', 'matrix'], outputs: ['product'] },
    { op: 'Tanh', inputs: ['product'], outputs: ['after'] },
    { op: 'Identity', inputs: ['go_in'], outputs: ['go_out'] },
  ],
};

/**
 * `double` is the rows of `x` (FP32 [batch, n]) twice, `square` their squares. The run works as many rounds, of some ten
 * microseconds each, as the largest number in `x` says, so that a test decides how long a run takes.
 */
export const workingOnnx = (): Buffer =>
  writeOnnx({
    inputs: [{ name: 'x', type: 'FP32', shape: ['batch', 'n'] }],
    outputs: [
      { name: 'double', type: 'FP32', shape: ['batch', 'n'] },
      { name: 'square', type: 'FP32', shape: ['batch', 'n'] },
    ],
    nodes: [
      { op: 'ReduceMax', inputs: ['x'], outputs: ['most'], attributes: { keepdims: 0 } },
      { op: 'Cast', inputs: ['most'], outputs: ['rounds'], attributes: { to: 7 } },
      { op: 'Loop', inputs: ['rounds', '', 'matrix'], outputs: ['worked'], attributes: { body: round } },
      { op: 'ReduceMean', inputs: ['worked'], outputs: ['mean'], attributes: { keepdims: 0 } },
      { op: 'Mul', inputs: ['mean', 'nothing'], outputs: ['zero'] },
      { op: 'Add', inputs: ['x', 'zero'], outputs: ['same'] },
      { op: 'Add', inputs: ['same', 'x'], outputs: ['double'] },
      { op: 'Mul', inputs: ['x', 'x'], outputs: ['square'] },
    ],
    weights: [
      { name: 'matrix', shape: [64, 64], values: new Float32Array(4_096).fill(1 / 64) },
      { name: 'nothing', shape: [], values: Float32Array.of(0) },
    ],
  });

/** `y` is what a table of four says at each place `x` (INT64 [batch, n]); a run with any other place fails as a whole. */
export const tableOnnx = (): Buffer =>
  writeOnnx({
    inputs: [{ name: 'x', type: 'INT64', shape: ['batch', 'n'] }],
    outputs: [{ name: 'y', type: 'FP32', shape: ['batch', 'n'] }],
    nodes: [{ op: 'Gather', inputs: ['table', 'x'], outputs: ['y'] }],
    weights: [{ name: 'table', shape: [4], values: Float32Array.of(10, 11, 12, 13) }],
  });

/** `y` is the first row of `x` (FP32 [batch, n]), however many rows go in: nothing in the file tells. */
export const firstRowOnnx = (): Buffer =>
  writeOnnx({
    inputs: [{ name: 'x', type: 'FP32', shape: ['batch', 'n'] }],
    outputs: [{ name: 'y', type: 'FP32', shape: ['batch', 'n'] }],
    nodes: [
      { op: 'Cast', inputs: ['one'], outputs: ['first'], attributes: { to: 9 } },
      { op: 'Compress', inputs: ['x', 'first'], outputs: ['y'], attributes: { axis: 0 } },
    ],
    weights: [{ name: 'one', shape: [1], values: Float32Array.of(1) }],
  });
