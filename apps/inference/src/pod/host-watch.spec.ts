import { slowOnnx, identityOnnx, writeModelPackage } from '@medserve/testkit';
import { ENSURE, TestPod, vector } from './testing/test-pod';

jest.setTimeout(120_000);

describe('the watch over model hosts', () => {
  let pod: TestPod;

  beforeAll(async () => {
    pod = await TestPod.start(
      async (repository) => {
        await writeModelPackage(repository, {
          name: 'sleepy',
          onnx: identityOnnx(),
          // Longer than it takes to reach it once it is there, on any machine.
          lines: ['scaling: { idleSeconds: 2 }'],
        });
        // So many seconds on any machine that nothing here ever waits for the end of a run.
        for (const name of ['endless', 'left'])
          await writeModelPackage(repository, { name, onnx: slowOnnx(1_024, 600) });
      },
      { zygotes: 2 },
    );
  });
  afterAll(() => pod.close());

  it('unloads a model that is idle and loads it again when it is asked for', async () => {
    const sleepy = { name: 'sleepy', version: '1' };
    const first = await pod.client.ensure(sleepy, ENSURE);
    await pod.reaches('sleepy', 'cold');
    const second = await pod.client.ensure(sleepy, ENSURE);
    expect(second).not.toBe(first);
    await expect(pod.ask(pod.connect(second), [vector(3)])).resolves.toBeDefined();
  });

  it('kills and replaces a host whose model runs for more than twice its time', async () => {
    const endless = { name: 'endless', version: '1' };
    const before = await pod.client.ensure(endless, ENSURE);
    await expect(pod.ask(pod.connect(before), [vector(1)], { deadlineMs: 200 })).rejects.toMatchObject({
      reason: 'deadline_exceeded',
    });
    await pod.reaches('endless', 'loading');
    expect(pod.kinds()).toContain('died');
    await pod.client.unload('endless', ENSURE);
  });

  it('runs those who wait behind a run for nobody on another host', async () => {
    const left = { name: 'left', version: '1' };
    const before = await pod.client.ensure(left, ENSURE);
    const runs = (signal: AbortSignal) =>
      new Promise<{ end: Promise<unknown> }>((resolve) => {
        const end = pod.serve(left, [vector(1)], {
          signal,
          onPhase: (phase) => {
            if (phase === 'running') resolve({ end });
          },
        });
      });
    const [leaving, staying] = [new AbortController(), new AbortController()];
    const abandoned = await runs(leaving.signal);
    const waiting = runs(staying.signal);
    leaving.abort();
    await expect(abandoned.end).rejects.toMatchObject({ reason: 'cancelled' });
    const { end } = await waiting;
    expect(await pod.client.ensure(left, ENSURE)).not.toBe(before);
    expect(pod.kinds()).toContain('replaced');
    staying.abort();
    await expect(end).rejects.toMatchObject({ reason: 'cancelled' });
  });
});
