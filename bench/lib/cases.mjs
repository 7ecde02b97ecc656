import testkit from '@medserve/testkit';

// The libraries are CommonJS, and what they export is known only when they run.
const { identityOnnx, writeModelPackage, writeOnnx } = testkit;

/**
 * Three sizes of input with models that do next to nothing, so that what is measured is the road and not the arithmetic:
 * a few numbers, an image as it should travel (8-bit, normalised inside the graph), and the same image as floats.
 */
export const CASES = [
  { name: 'bench-identity', label: '4 kB f32', datatype: 'FP32', type: 'float32', shape: [1024], onnx: identityOnnx() },
  {
    name: 'bench-uint8',
    label: '150 kB u8',
    datatype: 'UINT8',
    type: 'uint8',
    shape: [1, 224, 224, 3],
    onnx: writeOnnx({
      inputs: [{ name: 'x', type: 'UINT8', shape: [1, 224, 224, 3] }],
      outputs: [{ name: 'y', type: 'UINT8', shape: [1, 3] }],
      nodes: [{ op: 'ReduceMax', inputs: ['x'], outputs: ['y'], attributes: { axes: [1, 2], keepdims: 0 } }],
    }),
  },
  {
    name: 'bench-pool',
    label: '602 kB f32',
    datatype: 'FP32',
    type: 'float32',
    shape: [1, 3, 224, 224],
    onnx: writeOnnx({
      inputs: [{ name: 'x', type: 'FP32', shape: [1, 3, 224, 224] }],
      outputs: [{ name: 'y', type: 'FP32', shape: [1, 3, 1, 1] }],
      nodes: [{ op: 'GlobalAveragePool', inputs: ['x'], outputs: ['y'] }],
    }),
  },
];

/** The added p50 that the platform promises for the split shape, in milliseconds, in the order of `CASES`. */
export const TARGET_ADDED_MS = [0.8, 1.2, 2.2];

/** The case's input: the same bytes for the platform and for the baseline. */
export function inputOf({ type, shape }) {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = type === 'uint8' ? new Uint8Array(count) : new Float32Array(count);
  for (let index = 0; index < count; index += 1) values[index] = index % 251;
  return values;
}

/** Writes the models as packages that take tensors only. */
export async function writePackages(repository) {
  for (const { name, onnx } of CASES) await writeModelPackage(repository, { name, onnx });
}
