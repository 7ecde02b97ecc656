import { ServingError } from '@medserve/errors';
import type { FrameHandler } from '@medserve/rpc';
import { OUTLIER_RULES } from '@medserve/serving';
import { catalogueEntry, startFakePod, FaultProxy, type FakePodOptions } from '@medserve/testkit';
import { echo, Harness, signpost, wire } from './testing/harness';

describe('the router under faults', () => {
  const harness = new Harness();
  afterEach(() => harness.end());
  const pod = async (handle: FrameHandler, more: Partial<FakePodOptions> = {}) =>
    harness.add(await startFakePod({ models: [catalogueEntry('m')], handle, ...more }));
  const leaving: FrameHandler = () => Promise.reject(new ServingError('unavailable', 'The model is being unloaded.'));

  it('fails a request whose host dies under it, once, and serves the next one', async () => {
    const arrived = signpost();
    let stuck = true;
    let begun = 0;
    const fake = await pod((request) => {
      begun += 1;
      arrived.reach();
      return stuck ? new Promise(() => undefined) : echo(request);
    });
    const client = await harness.route([fake]);
    const lost = harness.ask(client);
    await arrived.reached;
    stuck = false;
    const failed = expect(lost).rejects.toMatchObject({ reason: 'inference_failed', retryAfterMs: 1_000 });
    await fake.killHost();
    await failed;
    expect(begun).toBe(1);
    await expect(harness.ask(client)).resolves.toMatchObject({ tensors: [wire] });
  });

  it('sends a request again, once, that the host had not begun', async () => {
    let isLeaving = true;
    const ensured: string[] = [];
    let retries = 0;
    const handle: FrameHandler = (request) => {
      if (!isLeaving) return echo(request);
      isLeaving = false;
      return leaving(request);
    };
    const fake = await pod(handle, { onEnsure: (name) => void ensured.push(name) });
    const client = await harness.route([fake], { observer: { onRetry: () => (retries += 1) } });
    await expect(harness.ask(client)).resolves.toMatchObject({ tensors: [wire] });
    expect(ensured).toEqual(['m', 'm']);
    expect(retries).toBe(1);
  });

  it('gives up after the second try', async () => {
    let tries = 0;
    const client = await harness.route([
      await pod((request) => {
        tries += 1;
        return leaving(request);
      }),
    ]);
    await expect(harness.ask(client)).rejects.toMatchObject({ reason: 'unavailable' });
    expect(tries).toBe(2);
  });

  it('sends nothing again beyond the budget for retries', async () => {
    let tries = 0;
    const client = await harness.route(
      [
        await pod((request) => {
          tries += 1;
          return leaving(request);
        }),
      ],
      { retries: { windowMs: 10_000, share: 0.1, least: 2 } },
    );
    for (let count = 0; count < 10; count += 1)
      await expect(harness.ask(client)).rejects.toMatchObject({ reason: 'unavailable' });
    expect(tries).toBe(12);
  });

  it('never sends again what a model may have worked on', async () => {
    let tries = 0;
    const client = await harness.route([
      await pod(() => {
        tries += 1;
        return Promise.reject(new ServingError('inference_failed', 'The run failed.'));
      }),
    ]);
    // The same would fail again: there is nothing to wait for.
    await expect(harness.ask(client)).rejects.toMatchObject({ reason: 'inference_failed', retryAfterMs: undefined });
    expect(tries).toBe(1);
  });

  it('ejects a replica that keeps failing, and never the last one', async () => {
    const failing: FrameHandler = () => Promise.reject(new ServingError('inference_failed', 'The run failed.'));
    const ready = { models: [catalogueEntry('m', { state: 'ready' as const })] };
    let ejections = 0;
    const pods = [await pod(failing, ready), await pod(echo, ready)];
    const client = await harness.route(pods, {
      outliers: { ...OUTLIER_RULES, consecutiveFailures: 3 },
      observer: { onEjection: () => (ejections += 1) },
    });
    await harness.heard(client, (_, { complete }) => complete);
    const outcomes: string[] = [];
    for (let count = 0; count < 60; count += 1) {
      await harness.ask(client).then(
        () => outcomes.push('answered'),
        () => outcomes.push('failed'),
      );
    }
    expect(outcomes.filter((outcome) => outcome === 'failed')).toHaveLength(3);
    expect(ejections).toBe(1);
  });

  it('does not hold against a replica what callers did wrong', async () => {
    const strict: FrameHandler = () => Promise.reject(new ServingError('invalid_request', 'The shape is wrong.'));
    let ejections = 0;
    const pods = [await pod(strict), await pod(strict)];
    const client = await harness.route(pods, { observer: { onEjection: () => (ejections += 1) } });
    for (let count = 0; count < 30; count += 1)
      await expect(harness.ask(client)).rejects.toMatchObject({ reason: 'invalid_request' });
    expect(ejections).toBe(0);
  });

  it('brings the pod’s reason when a model cannot be loaded', async () => {
    const onEnsure = () => {
      throw new ServingError('model_broken', 'It is.', { retryAfterMs: 5_000 });
    };
    const client = await harness.route([await pod(echo, { onEnsure })]);
    await expect(harness.ask(client)).rejects.toMatchObject({ reason: 'model_broken', retryAfterMs: 5_000 });
  });

  it('has another pod load the model when one cannot', async () => {
    const onEnsure = () => {
      throw new ServingError('model_broken', 'Not here.');
    };
    const client = await harness.route([await pod(echo, { onEnsure }), await pod(echo)], { random: () => 0 });
    await harness.heard(client, (_, { complete }) => complete);
    await expect(harness.ask(client)).resolves.toMatchObject({ tensors: [wire] });
  });

  it('notices a host that falls silent without a word, by keepalive, and serves from another', async () => {
    const arrived = signpost();
    const fake = await pod((request) => {
      arrived.reach();
      return new Promise(() => request.signal);
    });
    const proxy = harness.add(await FaultProxy.start(fake.hostAddress()));
    fake.announceHost(proxy.address);
    jest.useFakeTimers({ advanceTimers: true, doNotFake: ['nextTick', 'setImmediate', 'performance', 'Date'] });
    try {
      const client = await harness.route([fake]);
      const lost = harness.ask(client, { deadlineMs: 600_000 });
      const failed = expect(lost).rejects.toMatchObject({ reason: 'inference_failed' });
      await arrived.reached;
      proxy.silence();
      // One ping after ten seconds, and five in which it is not answered.
      await jest.advanceTimersByTimeAsync(10_500);
      await jest.advanceTimersByTimeAsync(5_500);
      await failed;
    } finally {
      jest.useRealTimers();
    }
  });
});
