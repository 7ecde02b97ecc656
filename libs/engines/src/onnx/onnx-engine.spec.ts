import { readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOnnx, meanFilterOnnx, sumAndDifferenceOnnx } from '@medserve/testkit';
import type { LoadSpec } from '../engine';
import { describeEngineContract } from '../engine-contract';
import { onnxEngine } from './onnx-engine';

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'medserve-onnx-')));
});
afterAll(() => rm(folder, { recursive: true }));

async function spec(name: string, bytes: Buffer): Promise<LoadSpec> {
  const modelFile = `${name}.onnx`;
  await writeFile(join(folder, modelFile), bytes);
  return { folder, modelFile, threads: 1 };
}

describeEngineContract('onnx', {
  engine: onnxEngine,
  identity: (datatype) => spec(`identity-${datatype}`, identityOnnx(datatype)),
  scalar: () => spec('scalar', identityOnnx('FP32', [])),
  sumAndDifference: () => spec('both', sumAndDifferenceOnnx()),
  damaged: () => spec('damaged', identityOnnx().subarray(0, 40)),
});

describe('onnx', () => {
  it('takes bytes into the graph and convolves them there', async () => {
    const session = await onnxEngine.load(await spec('mean', meanFilterOnnx()), new AbortController().signal);
    const image = {
      name: 'image',
      datatype: 'UINT8' as const,
      shape: [1, 3, 3, 1],
      data: Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9, 9),
    };
    const [smooth] = await session.run([image]);
    expect(smooth?.shape).toEqual([1, 1, 3, 3]);
    expect(smooth?.data[4]).toBeCloseTo(9);
    expect(smooth?.data[0]).toBeCloseTo(4);
    await session.close();
  });

  it('is titled with the version that is installed', () => {
    const path = join(__dirname, '../../../../node_modules/onnxruntime-node/package.json');
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    expect(onnxEngine.title).toBe(`onnxruntime-node ${version}`);
  });
});
