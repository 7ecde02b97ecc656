import type { DispatchRequest, FrameHandler, IncomingRequest } from '@medserve/rpc';
import { catalogueEntry, startFakePod } from '@medserve/testkit';
import type { Decision } from './decision';
import { echo, Harness, signpost, wire } from './testing/harness';

describe('the router', () => {
  const harness = new Harness();
  afterEach(() => harness.end());
  const pod = async (handle: FrameHandler = echo, models = [catalogueEntry('m')]) =>
    harness.add(await startFakePod({ models, handle }));

  it('brings a request to a host and the answer back, with progress on the way', async () => {
    const client = await harness.route([await pod()]);
    const phases: string[] = [];
    const result = await harness.ask(client, {}, { onProgress: (phase) => phases.push(phase) });
    expect(result.tensors).toEqual([wire]);
    expect(result.decision).toBeUndefined();
    expect(phases).toEqual(['loading']);
    expect(client.ready()).toBe(true);
  });

  it.each<[string, Partial<DispatchRequest>, string]>([
    ['an unknown model', { model: { name: 'nope' } }, 'model_not_found'],
    ['a broken model', { model: { name: 'b' } }, 'model_broken'],
    ['an unloaded model', { model: { name: 'u' } }, 'model_unloaded'],
    ['an unknown task', { model: undefined, task: 'juggle' }, 'task_not_found'],
    [
      'a task that the modality has not',
      { model: undefined, task: 'classify', modality: 'fundus' },
      'task_not_available',
    ],
  ])('refuses %s', async (_, change, reason) => {
    const serves = [{ task: 'classify', modality: 'radiology', default: true }];
    const client = await harness.route([
      await pod(echo, [
        catalogueEntry('m', { serves }),
        catalogueEntry('b', { state: 'broken', reason: 'its graph cannot be read' }),
        catalogueEntry('u', { state: 'unloaded' }),
      ]),
    ]);
    await expect(harness.ask(client, change)).rejects.toMatchObject({ reason });
  });

  it('has a cold model loaded for who comes back later', async () => {
    const woken = signpost<string>();
    const models = [catalogueEntry('m')];
    const client = await harness.route([
      harness.add(await startFakePod({ models, handle: echo, onEnsure: woken.reach })),
    ]);
    await client.wake({ name: 'm' });
    await expect(woken.reached).resolves.toBe('m');
    await expect(client.wake({ name: 'nope' })).rejects.toMatchObject({ reason: 'model_not_found' });
  });

  it('says why a model is broken', async () => {
    const broken = catalogueEntry('m', { state: 'broken', reason: 'its graph cannot be read' });
    const client = await harness.route([await pod(echo, [broken])]);
    await expect(harness.ask(client)).rejects.toThrow('its graph cannot be read');
  });

  it('merges what the pods have and goes to the pod that has the model', async () => {
    const seen: string[] = [];
    const named =
      (name: string): FrameHandler =>
      (request) => {
        seen.push(name);
        return echo(request);
      };
    const pods = await Promise.all([pod(named('a'), [catalogueEntry('a')]), pod(named('b'), [catalogueEntry('b')])]);
    const client = await harness.route(pods, {}, 2);
    await harness.ask(client, { model: { name: 'b' } });
    await harness.ask(client, { model: { name: 'a' } });
    expect(seen).toEqual(['b', 'a']);
  });

  it('never goes to a pod that has other bytes under the same name and version', async () => {
    let wrong = 0;
    const pods = await Promise.all([
      pod(echo, [catalogueEntry('m', { state: 'ready' })]),
      pod(
        (request) => {
          wrong += 1;
          return echo(request);
        },
        [catalogueEntry('m', { digest: 'sha256:other' })],
      ),
    ]);
    const client = await harness.route(pods);
    await harness.heard(client, (_, { complete }) => complete);
    await Promise.all(Array.from({ length: 20 }, () => harness.ask(client)));
    expect(wrong).toBe(0);
  });

  it('takes the models of a pod that is gone off the list, and does not say that they never were', async () => {
    const [stays, goes] = await Promise.all([pod(echo, [catalogueEntry('a')]), pod(echo, [catalogueEntry('b')])]);
    const client = await harness.route([stays, goes], {}, 2);
    await harness.heard(client, (models, { complete }) => models.length === 2 && complete);
    await goes.close();
    const left = await harness.heard(client, (models, { complete }) => models.length === 1 && !complete);
    expect(left.map(({ name }) => name)).toEqual(['a']);
    await expect(harness.ask(client, { model: { name: 'b' } })).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('says that it is unavailable when no pod can be reached', async () => {
    const fake = await pod();
    const client = await harness.route([fake]);
    await fake.close();
    await harness.heard(client, (models) => models.length === 0);
    await expect(harness.ask(client)).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('takes a cancellation to the host', async () => {
    const arrived = signpost<IncomingRequest>();
    const fake = await pod((request) => {
      arrived.reach(request);
      return new Promise(() => undefined);
    });
    const client = await harness.route([fake]);
    const controller = new AbortController();
    const answer = harness.ask(client, {}, { signal: controller.signal });
    const { signal } = await arrived.reached;
    const told = new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    controller.abort();
    await expect(answer).rejects.toMatchObject({ reason: 'cancelled' });
    await told;
  });

  it('brings requests of one affinity key to one replica, and says how it chose when asked', async () => {
    const pods = await Promise.all([1, 2, 3].map(() => pod(echo, [catalogueEntry('m', { state: 'ready' })])));
    const client = await harness.route(pods);
    await harness.heard(client, (_, { complete }) => complete);
    const decisions: Decision[] = [];
    for (let count = 0; count < 6; count += 1) {
      const { decision = '' } = await harness.ask(client, { affinityKey: 'image 1', wantsDecision: true });
      decisions.push(JSON.parse(decision) as Decision);
    }
    // The first may come before every replica is connected; from then on the key has its home.
    expect(new Set(decisions.slice(1).map(({ picked }) => picked)).size).toBe(1);
    const [, , decision] = decisions;
    expect(decision).toMatchObject({ model: 'm', version: '1', attempts: 1, omitted: 0 });
    expect(decision?.queuedMs).toBeGreaterThanOrEqual(0);
    expect(decision?.candidates.map((candidate) => candidate.pod).sort()).toEqual(
      pods.map((one) => one.address).sort(),
    );
    expect(decision?.candidates).toContainEqual({
      pod: decision?.picked,
      scores: expect.objectContaining({ warm: 32, affinity: 4, load: 2 }) as object,
    });
  });
});
