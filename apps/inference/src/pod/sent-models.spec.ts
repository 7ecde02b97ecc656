import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SentModels } from './sent-models';

const MAX_MODELS = 16;

describe('models that are sent along', () => {
  let scratch: string;
  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'medserve-sent-'));
  });
  afterEach(() => rm(scratch, { recursive: true }));

  it('are no more than there may be, however many come at once, and give their places back', async () => {
    const models = new SentModels(scratch);
    const read = (name: string) => models.read(name, { '1/model.onnx': new Uint8Array(10) }, '{}');
    const names = Array.from({ length: MAX_MODELS + 4 }, (_, index) => `m${String(index)}`);
    const outcomes = await Promise.allSettled(names.map(read));
    const held = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(held).toHaveLength(MAX_MODELS);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { reason: 'too_large', limit: `models sent along: ${String(MAX_MODELS)}` },
    });
    expect(await readdir(scratch)).toHaveLength(MAX_MODELS);
    await held[0]?.remove();
    await held[0]?.remove();
    await expect(read('next')).resolves.toBeDefined();
    await expect(read('other')).rejects.toMatchObject({ reason: 'too_large' });
  });

  it('take no place when they cannot be written', async () => {
    const models = new SentModels(join(scratch, 'missing'));
    const read = () => models.read('m', { '1/model.onnx': new Uint8Array(10) }, '{}');
    for (let attempt = 0; attempt <= MAX_MODELS; attempt += 1) {
      await expect(read()).rejects.toMatchObject({ code: 'ENOENT' });
    }
  });
});
