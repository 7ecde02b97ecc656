import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServedTensor, Session } from '@medserve/engines';
import { identityOnnx, writeOnnx, writeTritonModel } from '@medserve/testkit';
import { loadModel } from './load-model';
import { withShapes } from './with-shapes';

const numbers = (name: string, shape: number[], values: number[]) => ({
  name,
  datatype: 'FP32' as const,
  shape,
  data: Float32Array.from(values),
});

describe('a model in Triton’s layout whose tensors are reshaped', () => {
  let repository: string;
  beforeEach(() => (repository = mkdtempSync(join(tmpdir(), 'medserve-shapes-'))));
  afterEach(() => {
    rmSync(repository, { recursive: true });
  });

  async function sessionOf(onnx: Buffer, config?: string): Promise<Session> {
    const named = { name: 'm', versions: { '1': onnx }, ...(config === undefined ? {} : { config }) };
    const folder = await writeTritonModel(repository, named);
    const ref = { layout: 'triton', folder, name: 'm', version: '1' } as const;
    const loaded = await loadModel(ref, undefined, () => undefined);
    if (loaded.kind !== 'runs') throw new Error('expected a model that runs');
    return loaded.session;
  }

  it('takes and gives what callers see', async () => {
    const config = `max_batch_size: 8 input { name: "x" dims: [2, 3] reshape { shape: 6 } }
      output { name: "y" dims: [3, 2] reshape { shape: 6 } }`;
    const session = await sessionOf(identityOnnx('FP32', ['batch', 6]), config);
    const [y] = await session.run([numbers('x', [2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])]);
    expect(y).toMatchObject({ name: 'y', shape: [2, 3, 2] });
    expect([...(y?.data ?? [])]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    await session.close();
  });

  it.each([
    ['the axes of the model', [2, 6]],
    ['as many numbers in other axes', [2, 3, 2]],
  ])('refuses %s', async (_, shape) => {
    const config = 'max_batch_size: 8 input { name: "x" dims: [2, 3] reshape { shape: 6 } }';
    const session = await sessionOf(identityOnnx('FP32', ['batch', 6]), config);
    await expect(session.run([numbers('x', shape, new Array<number>(12).fill(0))])).rejects.toMatchObject({
      reason: 'invalid_request',
      field: 'inputs',
    });
    await session.close();
  });

  it('gives one number a row an axis', async () => {
    const onnx = writeOnnx({
      inputs: [{ name: 'x', type: 'FP32', shape: ['batch', 2] }],
      outputs: [{ name: 'label', type: 'INT64', shape: ['batch'] }],
      nodes: [{ op: 'ArgMax', inputs: ['x'], outputs: ['label'], attributes: { axis: 1, keepdims: 0 } }],
    });
    const session = await sessionOf(onnx);
    expect(session.outputs).toMatchObject([{ name: 'label', shape: [-1, 1] }]);
    const [label] = await session.run([numbers('x', [3, 2], [0, 1, 1, 0, 0, 1])]);
    expect(label).toMatchObject({ shape: [3, 1] });
    expect([...(label?.data ?? [])]).toEqual([1n, 0n, 1n]);
    await session.close();
  });

  it('gives a single value an axis', async () => {
    const session = await sessionOf(identityOnnx('FP32', []));
    const [y] = await session.run([numbers('x', [1], [7])]);
    expect(y).toMatchObject({ shape: [1], data: Float32Array.of(7) });
    await session.close();
  });
});

describe('withShapes', () => {
  const spec = { name: 'y', datatype: 'FP32' as const, shape: [-1, 4] };
  const gives = (shape: number[]): Session => ({
    inputs: [],
    outputs: [spec],
    run: () => Promise.resolve([numbers('y', shape, new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0))]),
    close: () => Promise.resolve(),
  });
  const reshaped: ServedTensor = { ...spec, shape: [-1, 2, 2], modelShape: [-1, 4] };

  it('leaves a session as it is where nothing is reshaped', () => {
    const session = gives([1, 4]);
    expect(withShapes(session, { inputs: [], outputs: [spec] })).toBe(session);
  });

  it('refuses an output that is not what its configuration says', async () => {
    const session = withShapes(gives([1, 5]), { inputs: [], outputs: [reshaped] });
    await expect(session.run([])).rejects.toMatchObject({
      reason: 'inference_failed',
      message: 'The model\'s output "y" has the shape [1, 5], and its configuration says [-1, 4].',
    });
  });
});
