import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelPackage } from '@medserve/engines';
import { mlpOnnx, writeModelPackage } from '@medserve/testkit';
import { hasFreeRows, loadModel } from './load-model';

describe('loadModel', () => {
  let repository: string;
  beforeEach(() => (repository = mkdtempSync(join(tmpdir(), 'medserve-load-'))));
  afterEach(() => {
    rmSync(repository, { recursive: true });
  });

  /** Another network of the same size: written between the hashing and the loading, it would answer under the other's digest. */
  function swapWeights({ folder, modelFile }: ModelPackage, onnx: Buffer): void {
    const other = Buffer.from(onnx);
    other.writeFloatLE(7, Math.floor(other.length / 2));
    writeFileSync(join(folder, modelFile), other);
  }

  it('is broken when the model’s file was changed after it was hashed', async () => {
    const onnx = mlpOnnx(1, 64);
    const folder = await writeModelPackage(repository, { name: 'net', onnx });
    const ref = { layout: 'medserve', folder } as const;
    const loaded = await loadModel(ref, undefined, () => undefined);
    if (loaded.kind === 'runs') await loaded.session.close();
    const loading = loadModel(ref, undefined, (modelPackage) => {
      swapWeights(modelPackage, onnx);
    });
    await expect(loading).rejects.toMatchObject({
      reason: 'model_broken',
      message: expect.stringContaining('while it was loaded') as string,
    });
  });
});

const tensor = (shape: number[]) => ({ name: 'x', datatype: 'FP32' as const, shape });

describe('hasFreeRows', () => {
  it.each([
    ['every tensor has a free first dimension', [[-1, 4]], [[-1, 2], [-1]], true],
    ['a rank is open, so that only a run can tell', [[-1, 4]], [[]], true],
    [
      'an input has a fixed number of rows',
      [
        [-1, 4],
        [1, 4],
      ],
      [[-1]],
      false,
    ],
    ['an output has a fixed number of rows', [[-1, 4]], [[8]], false],
  ])('when %s', (_, inputs, outputs, expected) => {
    expect(hasFreeRows({ inputs: inputs.map(tensor), outputs: outputs.map(tensor) })).toBe(expected);
  });
});
