import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signModel } from '@medserve/engines';
import { identityOnnx, sumAndDifferenceOnnx, writeModelPackage } from '@medserve/testkit';
import { ENSURE, TestPod, vector } from './testing/test-pod';

const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const GOOD = { name: 'good', version: '1' };

jest.setTimeout(120_000);

describe('a pod that serves signed models only', () => {
  let folder: string;
  let pod: TestPod;
  const load = (name: string, more = {}) => pod.client.load({ name, configJson: '', files: {}, ...more }, ENSURE);
  const isServed = () =>
    expect(pod.serve(GOOD, [vector(1, 2)])).resolves.toMatchObject({ tensors: [{ data: Float32Array.of(1, 2) }] });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'medserve-trusted-'));
    const identities = [{ name: 'ada', key: publicKey.export({ type: 'spki', format: 'pem' }), roles: ['uploader'] }];
    await writeFile(
      join(folder, 'trust.yaml'),
      JSON.stringify({ format: 'medserve.trust/1', mode: 'signed', identities }),
    );
    pod = await TestPod.start(
      async (repository) => {
        await signModel(await writeModelPackage(repository, { ...GOOD, onnx: identityOnnx() }), { key, chain: [] });
        await writeModelPackage(repository, { name: 'unsigned', onnx: identityOnnx() });
      },
      { trustFile: join(folder, 'trust.yaml'), copiesFolder: join(folder, 'copies') },
    );
  });
  afterAll(async () => {
    await pod.close();
    await rm(folder, { recursive: true });
  });

  it('serves what is signed, and refuses the rest by a reason of its own', async () => {
    await isServed();
    const untrusted = { reason: 'model_untrusted' };
    await expect(pod.client.ensure({ name: 'unsigned', version: '1' }, ENSURE)).rejects.toMatchObject(untrusted);
    await expect(load('unsigned')).rejects.toMatchObject(untrusted);
    const sent = { configJson: '{}', files: { '1/model.onnx': identityOnnx() } };
    await expect(load('sent', sent)).rejects.toMatchObject(untrusted);
  });

  it('goes on serving what it served when the files are altered, and does not load them', async () => {
    await writeFile(join(pod.repository, 'good', '1', 'model.onnx'), sumAndDifferenceOnnx());
    await expect(load('good')).rejects.toMatchObject({
      reason: 'model_untrusted',
      message: expect.stringContaining('model.onnx is not the one that was signed') as string,
    });
    await isServed();
    await writeFile(join(pod.repository, 'good', '1', 'model.onnx'), identityOnnx());
    await expect(load('good')).resolves.toBeUndefined();
  });

  it('starts a new process from its copy when the repository is gone', async () => {
    await rename(join(pod.repository, 'good'), join(folder, 'away'));
    await rename(join(pod.repository, 'unsigned'), join(folder, 'away-too'));
    await pod.client.unload('good', ENSURE);
    await load('good');
    const models = await pod.catalogue();
    expect(models.find(({ name }) => name === 'good')).toMatchObject({ signer: 'ada', fromLocalCopy: true });
    await isServed();
  });
});
