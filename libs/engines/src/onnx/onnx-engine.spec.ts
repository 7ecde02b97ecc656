import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOnnx, meanFilterOnnx } from '@medserve/testkit';
import { describeEngineContract } from '../engine-contract';
import { onnxEngine } from './onnx-engine';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medserve-onnx-'));
  await writeFile(join(folder, 'identity.onnx'), identityOnnx());
  await writeFile(join(folder, 'mean.onnx'), meanFilterOnnx());
  await writeFile(join(folder, 'damaged.onnx'), identityOnnx().subarray(0, 40));
});
afterAll(() => rm(folder, { recursive: true }));

const spec = (modelFile: string) => Promise.resolve({ folder, modelFile, threads: 1 });

describeEngineContract('onnx', {
  engine: onnxEngine,
  identity: () => spec('identity.onnx'),
  damaged: () => spec('damaged.onnx'),
});

describe('onnx', () => {
  it('takes bytes into the graph and convolves them there', async () => {
    const session = await onnxEngine.load(await spec('mean.onnx'), new AbortController().signal);
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
