import { ServingError } from '@medserve/errors';
import { encodeRequest, toRequestClass, type ClassName, type IncomingRequest } from '@medserve/rpc';
import type { Batching } from '@medserve/engines';
import type { BatchRunner } from './instance';
import { Scheduler } from './scheduler';
import type { Ticket } from './ticket';
import type { BatchOutcome } from './worker-messages';

/** An instance whose runs end when the test says so. */
class FakeInstance implements BatchRunner {
  readonly batches: string[] = [];
  /** How many of them it was given at once. */
  readonly turns: number[] = [];
  private end: (outcome: BatchOutcome) => void = () => undefined;

  run(turn: readonly (readonly Ticket[])[]): Promise<readonly BatchOutcome[]> {
    this.turns.push(turn.length);
    for (const tickets of turn) this.batches.push(tickets.map(({ request }) => request.id).join(' '));
    return new Promise((resolve) => {
      this.end = (outcome) => {
        resolve(turn.map(() => outcome));
      };
    });
  }

  async finish(outcome: Partial<BatchOutcome> = {}): Promise<void> {
    this.end({ frames: [], runs: 1, bisected: false, unbatchable: false, ...outcome });
    await jest.advanceTimersByTimeAsync(0);
  }
}

interface Asked {
  readonly answer: Promise<string>;
  readonly leave: () => void;
}

const BATCHING: Batching = { preferredRows: [], maxDelayMs: 0 };
const DAY_MS = 86_400_000;

describe('Scheduler', () => {
  let scheduler: Scheduler;
  let instance: FakeInstance;

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const start = ({
    maxBatchSize = 4,
    maxQueue = 10,
    ...more
  }: { maxBatchSize?: number; maxQueue?: number; batching?: Batching | undefined } = {}): void => {
    scheduler = new Scheduler({ maxBatchSize, batching: BATCHING, ...more }, true, maxQueue);
    instance = new FakeInstance();
    scheduler.addInstance(instance);
  };

  const ask = (id: string, change: { class?: ClassName; deadlineMs?: number; tenant?: string } = {}): Asked => {
    const { class: name = 'routine', deadlineMs = Number.POSITIVE_INFINITY, tenant = 'clinic' } = change;
    const controller = new AbortController();
    const data = new Float32Array(2);
    const input = { kind: 'tensors', tensors: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data }] } as const;
    const request: IncomingRequest = {
      id,
      routing: {
        model: '',
        version: '',
        task: '',
        modality: '',
        requestClass: toRequestClass(name),
        deadlineMs: 0,
        tenant,
        wantsProgress: false,
        affinityKey: '',
        wantsDecision: false,
        wantsDeltas: false,
        costUnits: 0,
        traceparent: '',
      },
      bytes: encodeRequest({ id, tenant, class: name, deadlineMs: 1, input }, false).toBuffer(),
      receivedAtMs: performance.now(),
      deadlineAtMs: performance.now() + deadlineMs,
      signal: controller.signal,
      progress: () => undefined,
      forward: () => undefined,
    };
    const toText = (error: unknown): string => (error as ServingError).reason;
    return {
      answer: scheduler.submit(request).then(() => 'answered', toText),
      leave: () => {
        controller.abort(new ServingError('cancelled', 'The caller went away.'));
      },
    };
  };
  const turn = () => jest.advanceTimersByTimeAsync(1);
  /** Runs requests one after the other, of `ms` each, so that the scheduler knows what a run takes. */
  const teach = async (count: number, ms: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      ask('taught');
      await jest.advanceTimersByTimeAsync(ms);
      await instance.finish();
    }
    instance.batches.length = 0;
    instance.turns.length = 0;
  };

  it('runs together what arrives in one turn, and what arrives while the instance is busy', async () => {
    start();
    ask('a');
    ask('b');
    await turn();
    for (const id of ['c', 'd', 'e', 'f', 'g']) ask(id);
    await turn();
    expect(instance.batches).toEqual(['a b']);
    await instance.finish();
    await instance.finish();
    expect(instance.batches).toEqual(['a b', 'c d e f', 'g']);
  });

  it('runs one by one where the package does not want batches', async () => {
    start({ batching: undefined });
    ask('a');
    ask('b');
    await turn();
    await instance.finish();
    expect(instance.batches).toEqual(['a', 'b']);
  });

  it('gives an instance several runs at once where they are known to be short, and answers each as its own', async () => {
    start({ batching: undefined });
    await teach(6, 0);
    const asked = ['a', 'b', 'c'].map((id) => ask(id));
    await turn();
    expect([instance.batches, instance.turns]).toEqual([['a', 'b', 'c'], [3]]);
    await instance.finish({ frames: [[]] });
    await expect(Promise.all(asked.map(({ answer }) => answer))).resolves.toEqual(Array(3).fill('answered'));
    expect(scheduler.figures().counts).toMatchObject({ runs: 9, rows: 9 });
  });

  it('gives it one at a time where they are long, where they run together, and while another instance is free', async () => {
    start({ batching: undefined });
    await teach(6, 100);
    for (const id of ['a', 'b']) ask(id);
    await turn();
    expect(instance.turns).toEqual([1]);

    start({ maxBatchSize: 1 });
    await teach(6, 0);
    scheduler.addInstance(new FakeInstance());
    for (const id of ['a', 'b', 'c']) ask(id);
    await turn();
    expect(instance.turns).toEqual([1]);
  });

  it('waits with an idle instance for the window of the package, and no longer', async () => {
    start({ batching: { preferredRows: [], maxDelayMs: 20 } });
    ask('a');
    await jest.advanceTimersByTimeAsync(10);
    ask('b');
    await jest.advanceTimersByTimeAsync(9);
    expect(instance.batches).toEqual([]);
    await jest.advanceTimersByTimeAsync(2);
    expect(instance.batches).toEqual(['a b']);
  });

  it('gives work to every instance that is free', async () => {
    start({ maxBatchSize: 1 });
    const second = new FakeInstance();
    scheduler.addInstance(second);
    for (const id of ['a', 'b', 'c']) ask(id);
    await turn();
    expect([instance.batches, second.batches]).toEqual([['a'], ['b']]);
    await second.finish();
    expect(second.batches).toEqual(['b', 'c']);
    expect(scheduler.figures()).toMatchObject({ inFlight: 2, queued: 0, instances: 2 });
  });

  it('answers everyone of a batch when the instance fails, and goes on', async () => {
    start();
    let calls = 0;
    scheduler.addInstance({
      run: () => {
        calls += 1;
        return Promise.reject(new Error('lost'));
      },
    });
    ask('a');
    await turn();
    const failing = [ask('b'), ask('c')];
    await turn();
    await expect(Promise.all(failing.map(({ answer }) => answer))).resolves.toEqual([
      'inference_failed',
      'inference_failed',
    ]);
    ask('d');
    await turn();
    expect(calls).toBe(2);
  });

  it('gives the place of the least urgent to a more urgent request, and tells it so', async () => {
    start({ maxQueue: 1, maxBatchSize: 1 });
    ask('running');
    await turn();
    const research = ask('research', { class: 'research' });
    const stat = ask('stat', { class: 'stat' });
    await expect(research.answer).resolves.toBe('overloaded');
    await expect(ask('routine').answer).resolves.toBe('overloaded');
    await instance.finish();
    await instance.finish();
    await expect(stat.answer).resolves.toBe('answered');
    expect(scheduler.figures().counts.evicted).toBe(1);
  });

  it('refuses on arrival what cannot be answered before its deadline, when it knows its runs', async () => {
    start({ maxBatchSize: 1 });
    await teach(6, 100);
    ask('running');
    await turn();
    ask('waiting', { deadlineMs: 240 });
    const hopeless = ask('hopeless', { deadlineMs: 250 });
    const hopeful = ask('hopeful', { deadlineMs: 320 });
    await expect(hopeless.answer).resolves.toBe('overloaded');
    expect(scheduler.figures().counts.shed).toBe(1);
    for (let index = 0; index < 3; index += 1) {
      await jest.advanceTimersByTimeAsync(100);
      await instance.finish();
    }
    await expect(hopeful.answer).resolves.toBe('answered');
  });

  it('refuses nobody for want of time before it knows its runs', async () => {
    start({ maxBatchSize: 1 });
    await teach(3, 100);
    ask('running');
    await turn();
    ask('short', { deadlineMs: 10 });
    expect(scheduler.figures()).toMatchObject({ queued: 1, counts: { shed: 0 } });
  });

  it('does not run what was left or came too late while it waited', async () => {
    start();
    ask('running');
    await turn();
    const left = ask('left');
    const late = ask('late', { deadlineMs: 5 });
    ask('next');
    left.leave();
    await jest.advanceTimersByTimeAsync(10);
    await instance.finish();
    expect(instance.batches).toEqual(['running', 'next']);
    await expect(Promise.all([left.answer, late.answer])).resolves.toEqual(['cancelled', 'deadline_exceeded']);
  });

  it('says of a run how long it goes on, until when its last caller waits, and since when nobody does', async () => {
    start();
    const first = ask('first', { deadlineMs: 1_000 });
    const second = ask('second', { deadlineMs: 5_000 });
    await turn();
    await jest.advanceTimersByTimeAsync(100);
    expect(scheduler.figures()).toMatchObject({
      running: { forMs: 101, deadlineMs: 5_000 },
      abandonedForMs: undefined,
    });
    second.leave();
    expect(scheduler.figures().running?.deadlineMs).toBe(1_000);
    first.leave();
    await jest.advanceTimersByTimeAsync(50);
    expect(scheduler.figures()).toMatchObject({ running: { forMs: 151, deadlineMs: 5_000 }, abandonedForMs: 50 });
    await instance.finish();
    expect(scheduler.figures()).toMatchObject({
      inFlight: 0,
      running: undefined,
      abandonedForMs: undefined,
      idleForMs: 0,
    });
  });

  it('gives a run without a deadline a day', async () => {
    start();
    ask('a');
    await turn();
    expect(scheduler.figures().running?.deadlineMs).toBe(DAY_MS);
  });

  it('takes nothing new while it is drained, and ends with its last answer', async () => {
    start({ maxBatchSize: 1 });
    const asked = [ask('a'), ask('b')];
    await turn();
    let ended = false;
    void scheduler.drain(false).then(() => (ended = true));
    await expect(ask('c').answer).resolves.toBe('unavailable');
    await instance.finish();
    expect(ended).toBe(false);
    await instance.finish();
    expect(ended).toBe(true);
    await expect(Promise.all(asked.map(({ answer }) => answer))).resolves.toEqual(['answered', 'answered']);
  });

  it('hands back what waits where it is drained for another host', async () => {
    start({ maxBatchSize: 1 });
    const asked = [ask('a'), ask('b')];
    await turn();
    const drained = scheduler.drain(true);
    await instance.finish();
    await drained;
    await expect(Promise.all(asked.map(({ answer }) => answer))).resolves.toEqual(['answered', 'unavailable']);
  });

  it('does not wait for a run that nobody waits for, where another host takes over', async () => {
    start({ maxBatchSize: 1 });
    const [left, waiting] = [ask('left'), ask('waiting')];
    await turn();
    let ended = false;
    void scheduler.drain(true).then(() => (ended = true));
    await turn();
    await expect(waiting.answer).resolves.toBe('unavailable');
    expect(ended).toBe(false);
    left.leave();
    await turn();
    expect(ended).toBe(true);
  });

  it('refuses what it cannot read', async () => {
    start({ maxBatchSize: 0 });
    const broken = { bytes: Buffer.from('no frame'), routing: { requestClass: 0 } } as unknown as IncomingRequest;
    await expect(scheduler.submit(broken)).rejects.toMatchObject({ reason: 'invalid_request' });
  });
});
