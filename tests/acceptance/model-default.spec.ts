import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sumAndDifferenceOnnx, writeTritonModel } from '@medserve/testkit';
import { Caller } from '../support/caller';
import { phantom } from '../support/phantom';
import { Platform, ROOT, runMedserve } from '../support/platform';

const HAS_MODEL = existsSync(join(ROOT, 'models', 'vqa-small', '2', 'model.yaml'));
const ALL_VERSIONS = 'version_policy { all { } }';
const row = (name: string) => ({ name, shape: [1, 4], datatype: 'FP32', data: [1, 2, 3, 4] });

interface Told {
  readonly event: string;
  readonly subject: string;
  readonly facts?: object;
}

describe('the version that the bare name of a model stands for', () => {
  let home: string;
  let platform: Platform;
  let caller: Caller;

  const start = async (): Promise<void> => {
    platform = await Platform.start({ shape: 'single', home: join(home, 'home'), models: [join(home, 'models')] });
    caller = new Caller(platform.ready);
  };
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'medserve-test-'));
    const good = sumAndDifferenceOnnx();
    const repository = join(home, 'models');
    await writeTritonModel(repository, { name: 'sums', versions: { '1': good, '2': good }, config: ALL_VERSIONS });
    await writeTritonModel(repository, { name: 'sick', versions: { '1': Buffer.from('this is not a protobuf') } });
    await start();
  }, 120_000);
  afterAll(async () => {
    await platform.stop();
    await rm(home, { recursive: true, force: true });
  }, 60_000);

  const send = (method: string, path: string, body: object = {}, headers: Record<string, string> = {}) =>
    caller.call(path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: new TextEncoder().encode(JSON.stringify(body)),
    });
  const choose = (model: string, version: string | null, headers?: Record<string, string>) =>
    send('PUT', `/v1/models/${model}/default`, { version }, headers);
  const back = (model: string) => send('POST', `/v1/models/${model}/default/back`);
  const shown = async (model: string) => (await caller.call(`/v1/models/${model}/default`)).json;
  /** By the Open Inference Protocol. */
  const answeringTensors = async (path = 'sums'): Promise<unknown> =>
    (await send('POST', `/v2/models/${path}/infer`, { inputs: [row('a'), row('b')] })).json['model_version'];

  it('is the newest that is served, until somebody chooses another; a request with a version gets that one', async () => {
    expect(await answeringTensors()).toBe('2');
    const { status, json, headers } = await choose('sums', '1');
    expect(status).toBe(200);
    expect(json).toMatchObject({ model: 'sums', version: '1', answering: '1', previous: null, canGoBack: true });
    expect(await answeringTensors()).toBe('1');
    expect(await answeringTensors('sums/versions/2')).toBe('2');
    expect((await caller.call('/v1/models/sums')).json).toMatchObject({ id: 'sums', root: 'sums:1', isDefault: true });
    expect((await caller.call('/v1/models/sums/default')).headers.get('etag')).toBe(headers.get('etag'));
  }, 60_000);

  it('goes back to the one before, by the command too', async () => {
    expect((await back('sums')).json).toMatchObject({ version: null, answering: '2', previous: '1' });
    expect(await answeringTensors()).toBe('2');
    const said = await runMedserve('models', 'default', 'sums', '--back', '--home', platform.ready.home);
    expect(said).toMatchObject({ status: 0, stdout: 'sums: version 1\nbefore: the newest that is served\n' });
    expect(await answeringTensors()).toBe('1');
  }, 60_000);

  it('is never one that cannot answer, and never changed by who knows another state', async () => {
    const before = await shown('sums');
    expect(await choose('sick', '1')).toMatchObject({ status: 503, json: { code: 'model_broken' } });
    expect(await choose('sums', '9')).toMatchObject({ status: 404, json: { code: 'model_not_found' } });
    expect(await choose('other', '1')).toMatchObject({ status: 404, json: { code: 'model_not_found' } });
    expect(await choose('sums', 'latest')).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
    expect(await choose('sums', '2', { 'if-match': '"0"' })).toMatchObject({
      status: 409,
      json: { code: 'model_default_changed' },
    });
    await send('POST', '/v2/repository/models/sums/unload');
    expect(await choose('sums', '2')).toMatchObject({ status: 503, json: { code: 'model_unloaded' } });
    await send('POST', '/v2/repository/models/sums/load');
    expect(await shown('sums')).toEqual(before);
  }, 60_000);

  it('stands in the audit log: who changed it, from what and to what', async () => {
    const { json } = await send('POST', '/v1/audit/search', { event: 'model_default_changed' });
    const entries = json['entries'] as unknown as readonly { readonly event: Told }[];
    expect(JSON.stringify(entries)).toContain('"from":"newest"');
    expect(JSON.stringify(entries)).toContain('model:sums');
  }, 60_000);

  (HAS_MODEL ? it : it.skip)(
    'holds for images and for conversations as for tensors',
    async () => {
      const picture = await phantom([{ kind: 'disc', x: 0.3, y: 0.3, r: 0.18 }]);
      const wishes = { modality: 'radiology', allowMismatch: true, task: 'answer', question: 'Is there a disc?' };
      const answering = async (more: object): Promise<unknown> => {
        const { json } = await caller.inferFiles([picture], { ...wishes, ...more });
        return (json['provenance'] as unknown as { model: object }).model;
      };
      const writing = async (): Promise<unknown> => {
        const messages = [{ role: 'user', content: 'Hello' }];
        const { json } = await send('POST', '/v1/chat/completions', { model: 'vqa-small', messages, max_tokens: 2 });
        return json['system_fingerprint'];
      };
      expect(await answering({ model: 'vqa-small' })).toMatchObject({ name: 'vqa-small', version: '2' });
      await choose('vqa-small', '1');
      expect(await answering({ model: 'vqa-small' })).toMatchObject({ version: '1' });
      expect(await answering({ model: 'vqa-small:2' })).toMatchObject({ version: '2' });
      // Without a name it is the default of the task.
      expect(await answering({})).toMatchObject({ name: 'vqa-small', version: '1' });
      expect(await writing()).toMatch(/^vqa-small:1\+/);
    },
    90_000,
  );

  it('survives a restart', async () => {
    await platform.stop();
    await start();
    expect(await shown('sums')).toMatchObject({ version: '1', answering: '1' });
    expect(await answeringTensors()).toBe('1');
  }, 120_000);

  it('is told with the card, the scores and the versions of the model', async () => {
    const { json } = await caller.call('/v1/models/ct-tissue');
    expect(json).toMatchObject({ cardState: 'whole', tasks: ['measure'], modalities: ['ct3d'], isWarm: false });
    expect(json['card']).toMatch(/^# ct-tissue/);
    expect((await caller.call('/v1/models/sums')).json).toMatchObject({ card: null, cardState: 'none', measured: [] });
    const { measured } = (await caller.call('/v1/models/organ-modality')).json as unknown as { measured: unknown[] };
    expect(measured[0]).toMatchObject({ metric: 'organ right', value: 0.992, low: 0.971, high: 0.998, cases: 250 });
  }, 30_000);
});
