import testkit from '@medserve/testkit';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// The libraries are CommonJS, and what they export is known only when they run.
const { identityOnnx, mlpOnnx, resnet18Onnx, slowOnnx, writeModelPackage, writeOnnx } = testkit;

/* The models of the bench, written by code when it runs: `{ name, file, inputs }`, the inputs as they are sent. */

const input = (datatype, shape) => [{ name: 'x', datatype, shape }];
const fileIn = (repository, name) => join(repository, name, '1', 'model.onnx');

/** A model as a package of ours that takes tensors only. */
export async function packaged(repository, name, onnx, inputs) {
  await writeModelPackage(repository, { name, onnx });
  return { name, file: fileIn(repository, name), inputs };
}

/**
 * A model in Triton's layout: `<name>/1/model.onnx` and a `config.pbtxt`.
 *
 * @param config lines of config.pbtxt beyond name and platform
 */
export function inTritonLayout(repository, name, onnx, inputs, config = []) {
  mkdirSync(join(repository, name, '1'), { recursive: true });
  writeFileSync(fileIn(repository, name), onnx);
  const lines = [`name: "${name}"`, 'platform: "onnxruntime_onnx"', ...config];
  writeFileSync(join(repository, name, 'config.pbtxt'), `${lines.join('\n')}\n`);
  return { name, file: fileIn(repository, name), inputs };
}

export const instances = (count) => `instance_group [ { count: ${String(count)} kind: KIND_CPU } ]`;

/** Next to no arithmetic, so that what is measured is the road: 1,024 floats. */
export const identity = (repository, name = 'bench-identity') =>
  packaged(repository, name, identityOnnx(), input('FP32', [1024]));

/**
 * A model that does next to nothing in Triton's layout, whose file can be replaced by one that does the same with other bytes:
 * `replace()` puts the other one there, whole or not at all.
 */
export function replaceable(repository, name) {
  const variants = [['y'], ['t', 'y']].map((outputs) =>
    writeOnnx({
      inputs: [{ name: 'x', type: 'FP32', shape: [1024] }],
      outputs: [{ name: 'y', type: 'FP32', shape: [1024] }],
      nodes: outputs.map((output, index) => ({
        op: 'Identity',
        inputs: [index === 0 ? 'x' : outputs[index - 1]],
        outputs: [output],
      })),
    }),
  );
  const model = inTritonLayout(repository, name, variants[0], input('FP32', [1024]));
  let turn = 0;
  return {
    ...model,
    replace: () => {
      turn = 1 - turn;
      // Beside the repository, so that no scan of it finds a draft.
      const draft = join(repository, '..', `${name}.draft`);
      writeFileSync(draft, variants[turn]);
      renameSync(draft, model.file);
    },
  };
}

/** An image as it should travel: 8 bits a sample, 150 kB. */
export const imageBytes = (repository, name = 'bench-uint8') =>
  packaged(
    repository,
    name,
    writeOnnx({
      inputs: [{ name: 'x', type: 'UINT8', shape: [1, 224, 224, 3] }],
      outputs: [{ name: 'y', type: 'UINT8', shape: [1, 3] }],
      nodes: [{ op: 'ReduceMax', inputs: ['x'], outputs: ['y'], attributes: { axes: [1, 2], keepdims: 0 } }],
    }),
    input('UINT8', [1, 224, 224, 3]),
  );

/** The same image as floats: 602 kB. */
export const imageFloats = (repository, name = 'bench-pool') =>
  packaged(
    repository,
    name,
    writeOnnx({
      inputs: [{ name: 'x', type: 'FP32', shape: [1, 3, 224, 224] }],
      outputs: [{ name: 'y', type: 'FP32', shape: [1, 3, 1, 1] }],
      nodes: [{ op: 'GlobalAveragePool', inputs: ['x'], outputs: ['y'] }],
    }),
    input('FP32', [1, 3, 224, 224]),
  );

/** 64 MB of floats in, their largest out. */
export const volume = (repository, name = 'bench-volume') =>
  packaged(
    repository,
    name,
    writeOnnx({
      inputs: [{ name: 'x', type: 'FP32', shape: ['n'] }],
      outputs: [{ name: 'y', type: 'FP32', shape: [1] }],
      nodes: [{ op: 'ReduceMax', inputs: ['x'], outputs: ['y'], attributes: { keepdims: 1 } }],
    }),
    input('FP32', [16 << 20]),
  );

/** About 20 ms of one core and next to no bytes: what is scarce is the model, not the road to it. */
export const slow = (repository, name = 'bench-slow') =>
  packaged(repository, name, slowOnnx(384, 32), input('FP32', [1]));

const PICTURES = {
  FP32: [{ name: 'image', datatype: 'FP32', shape: [1, 3, 224, 224] }],
  UINT8: [{ name: 'image', datatype: 'UINT8', shape: [1, 224, 224, 3] }],
};

/** A net of the size of ResNet-18 in Triton's layout, so many runs at once. */
export const resnet = (repository, { name, datatype, count }) =>
  inTritonLayout(repository, name, resnet18Onnx({ uint8: datatype === 'UINT8' }), PICTURES[datatype], [
    'max_batch_size: 1',
    instances(count),
  ]);

const NETS = {
  mlp: { onnx: mlpOnnx, inputs: input('FP32', [1, 2048]) },
  conv: { onnx: resnet18Onnx, inputs: PICTURES.FP32 },
};

/** A net whose rows may run together, sent a row at a time. */
export function batchable(repository, name, net, config) {
  const { onnx, inputs } = NETS[net];
  return inTritonLayout(repository, name, onnx(), inputs, ['max_batch_size: 16', instances(1), ...config]);
}

/** The same 47 MB under as many names as there are first requests to be made. */
export const coldModels = (repository, prefix, count) => {
  const onnx = resnet18Onnx();
  return Array.from({ length: count }, (_, index) =>
    inTritonLayout(repository, `${prefix}-${String(index)}`, onnx, PICTURES.FP32, ['max_batch_size: 1']),
  );
};
