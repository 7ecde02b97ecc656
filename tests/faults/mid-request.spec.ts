import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { slowOnnx, writeModelPackage } from '@medserve/testkit';
import { Caller } from '../support/caller';
import { NativeClient, refusalOf } from '../support/native-client';
import { Platform, until } from '../support/platform';
import { descendants } from '../support/processes';

/* A run of several seconds on one core: long enough to be interrupted, short enough to end by itself. */
const SIDE = 512;
const LAYERS = 400;

const one = Buffer.from(Float32Array.of(1).buffer);
const slow = { model: 'slow', tensors: [{ name: 'x', datatype: 'FP32', shape: [1], data: one }] };

describe('a process that dies under a request', () => {
  let platform: Platform;
  let scratch: string;
  let caller: Caller;
  let native: NativeClient;

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'medserve-slow-'));
    await writeModelPackage(scratch, { name: 'slow', onnx: slowOnnx(SIDE, LAYERS) });
    platform = await Platform.start({ shape: 'split', models: [scratch] });
    caller = new Caller(platform.ready);
    native = new NativeClient(platform.ready);
  }, 90_000);
  afterAll(async () => {
    native.close();
    await platform.remove();
    rmSync(scratch, { recursive: true, force: true });
  }, 60_000);

  const pids = (part: string): number[] =>
    descendants(platform.ready.pid)
      .filter(({ command }) => command.includes(part))
      .map(({ pid }) => pid);

  /** A gauge or counter of the platform, summed over its labels. */
  const figure = async (name: string): Promise<number> => {
    const text = (await caller.call('/metrics')).bytes.toString();
    return [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\d+)$`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
  };

  /** Before it was sent to a host it would be sent to another one instead. */
  const underWay = async (): Promise<ReturnType<NativeClient['infer']>> => {
    const sent = 'medserve_router_wait_seconds_count';
    const before = await figure(sent);
    const call = native.infer(slow);
    await until('a model host works on the request', async () => (await figure(sent)) > before);
    return call;
  };

  it.each([
    ['model host', 'host-main'],
    ['inference pod', 'dist/inference.js'],
  ])(
    '%s: a typed failure and a record, and the next request is served',
    async (_name, part) => {
      const { answer } = await underWay();
      for (const pid of pids(part)) process.kill(pid, 'SIGKILL');
      const refusal = await answer.then(
        () => undefined,
        (error: unknown) => refusalOf(error),
      );
      expect(refusal?.reason).toBe('inference_failed');
      expect(await caller.events(refusal?.requestId ?? '')).toEqual(['accepted', 'failed']);
      await until(
        'models are served again',
        async () => (await native.infer({ ...slow, deadlineMs: 60_000 }).answer.catch(() => undefined)) !== undefined,
        90_000,
      );
    },
    180_000,
  );

  it('the caller: recorded as cancelled', async () => {
    const before = await figure('medserve_requests_total');
    const { answer, cancel } = await underWay();
    cancel();
    await expect(answer).rejects.toMatchObject({ code: 1 });
    await until('the end is counted', async () => (await figure('medserve_requests_total')) > before);
    const text = (await caller.call('/metrics')).bytes.toString();
    expect(text).toMatch(/medserve_requests_total\{[^}]*outcome="cancelled"\} 1/);
    await until('the slot is free', async () => (await figure('medserve_router_in_flight')) === 0);
  }, 120_000);

  it('the deadline: a typed failure in time', async () => {
    await native.infer(slow).answer;
    const refusal = await native.infer({ ...slow, deadlineMs: 300 }).answer.then(
      () => undefined,
      (error: unknown) => refusalOf(error),
    );
    expect(refusal?.reason).toBe('deadline_exceeded');
    expect(await caller.events(refusal?.requestId ?? '')).toEqual(['accepted', 'failed']);
  }, 120_000);

  it('the gateway: recorded as abandoned by who is left', async () => {
    await underWay();
    const [gateway] = pids('dist/gateway.js');
    process.kill(gateway ?? 0, 'SIGKILL');
    await until(
      'the gateway serves again',
      async () => (await caller.call('/readyz').catch(() => undefined))?.status === 200,
    );
    await until('the sweeper counts it', async () => (await figure('medserve_abandoned_total')) > 0, 60_000);
  }, 120_000);
});
