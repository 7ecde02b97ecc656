import { ServingError } from '@medserve/errors';
import { failureFrame } from '@medserve/rpc';
import { GenerationScheduler } from './generation-scheduler';
import {
  conversation,
  generationInput,
  incoming,
  resultOf,
  type Incoming,
  type IncomingChange,
} from './testing/incoming';
import type { Writer, WriterEvents, WritingEnd, WritingOrder } from './writer';

/** A thread that does what the test says. */
class FakeWriter implements Writer {
  readonly said: string[] = [];
  events!: WriterEvents;
  private readonly ids = new Map<number, string>();

  listen(events: WriterEvents): void {
    this.events = events;
  }

  start({ job, frame }: WritingOrder): void {
    const id = frame.subarray(2, 2 + (frame[1] ?? 0));
    this.ids.set(job, Buffer.from(id).toString());
    this.said.push(`start ${this.nameOf(job)}`);
  }

  cancel(job: number): void {
    this.said.push(`cancel ${this.nameOf(job)}`);
  }

  /** The newest job of this request. */
  jobOf(name: string): number {
    return Math.max(...[...this.ids].filter(([, id]) => id === name).map(([job]) => job));
  }

  write(name: string, text: string): void {
    this.events.onParts([{ job: this.jobOf(name), delta: { choice: 0, text } }]);
  }

  end(name: string, more: Partial<WritingEnd> = {}): void {
    const frame = failureFrame(name, new ServingError('inference_failed', 'Nothing was meant to be said.')).parts;
    this.events.onEnd({ job: this.jobOf(name), frame, ...more });
  }

  private nameOf(job: number): string {
    return this.ids.get(job) ?? '?';
  }
}

const TALLY = { firstTokenMs: 100, tokens: 10, longestTokens: 10 };

describe('GenerationScheduler', () => {
  let scheduler: GenerationScheduler;
  let writer: FakeWriter;

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const start = ({ slots = 2, maxQueue = 10 } = {}): void => {
    writer = new FakeWriter();
    scheduler = new GenerationScheduler(writer, { slots, maxAnswerTokens: 16 }, maxQueue);
  };
  const ask = (
    id: string,
    change: IncomingChange & { choices?: number } = {},
  ): Incoming & { answer: Promise<string> } => {
    const { choices = 1, ...more } = change;
    const asked = incoming(id, { input: generationInput(conversation('Hello', { choices })), ...more });
    const answer = scheduler.submit(asked.request).then(
      (frame) => {
        try {
          return resultOf(frame).task;
        } catch (error) {
          return (error as ServingError).reason;
        }
      },
      (error: unknown) => (error as ServingError).reason,
    );
    return { ...asked, answer };
  };

  it('starts what has a slot at once, and the next when one is free', () => {
    start();
    for (const id of ['a', 'b', 'c']) void ask(id);
    expect(writer.said).toEqual(['start a', 'start b']);
    expect(scheduler.figures()).toMatchObject({ inFlight: 3, queued: 1, queuedRows: 1, instances: 1 });
    writer.end('a');
    expect(writer.said).toEqual(['start a', 'start b', 'start c']);
  });

  it('gives a request of several answers as many slots, and lets nobody pass who came after it', () => {
    start({ slots: 3 });
    for (const [id, choices] of [
      ['a', 1],
      ['b', 1],
      ['many', 3],
      ['c', 1],
    ] as const)
      void ask(id, { choices });
    writer.end('a');
    expect(writer.said).toEqual(['start a', 'start b']);
    writer.end('b');
    expect(writer.said).toEqual(['start a', 'start b', 'start many']);
  });

  it('refuses more answers than are written at once as the caller’s mistake', async () => {
    start();
    const asked = incoming('a', { input: generationInput(conversation('Hello', { choices: 3 })) });
    await expect(scheduler.submit(asked.request)).rejects.toMatchObject({
      reason: 'invalid_request',
      field: 'n',
      limit: 'answers written at once: 2',
    });
  });

  it('takes the more urgent first, however late it came', () => {
    start({ slots: 1 });
    void ask('a');
    void ask('research', { class: 'research' });
    void ask('urgent', { class: 'urgent' });
    writer.end('a');
    expect(writer.said).toEqual(['start a', 'start urgent']);
  });

  it('has research make room for stat while nobody has read of it, and begins it again', async () => {
    start({ slots: 1 });
    const research = ask('research', { class: 'research', wantsDeltas: true });
    const stat = ask('stat', { class: 'stat' });
    expect(writer.said).toEqual(['start research', 'cancel research', 'start stat']);
    expect(scheduler.figures()).toMatchObject({ inFlight: 2, queued: 1, writing: { preempted: 1 } });
    expect(research.phases).toEqual(['queued']);
    writer.end('stat');
    await expect(stat.answer).resolves.toBe('inference_failed');
    expect(writer.said.at(-1)).toBe('start research');
    writer.write('research', 'Hello');
    expect(research.deltas).toEqual([{ choice: 0, text: 'Hello' }]);
    void ask('next', { class: 'stat' });
    expect(writer.said.at(-1)).toBe('start research');
  });

  it('does not take what a preempted thread still says for the request that was begun again', () => {
    start({ slots: 1 });
    const research = ask('research', { class: 'research', wantsDeltas: true });
    const old = writer.jobOf('research');
    void ask('stat', { class: 'stat' });
    writer.events.onParts([{ job: old, delta: { choice: 0, text: 'late' } }]);
    writer.events.onEnd({ job: old });
    expect(research.deltas).toEqual([]);
    expect(scheduler.figures()).toMatchObject({ inFlight: 2, queued: 1 });
  });

  it('cancels what its caller left, and has the slot again when the thread says so', async () => {
    start({ slots: 1 });
    const left = ask('left');
    void ask('next');
    left.leave();
    await expect(left.answer).resolves.toBe('cancelled');
    expect(writer.said).toEqual(['start left', 'cancel left']);
    writer.write('left', 'late');
    expect(left.deltas).toEqual([]);
    writer.end('left', { frame: undefined });
    expect(writer.said.at(-1)).toBe('start next');
  });

  it('does not start what was left while it waited', async () => {
    start({ slots: 1 });
    void ask('a');
    const left = ask('left');
    left.leave();
    await expect(left.answer).resolves.toBe('cancelled');
    writer.end('a');
    expect(writer.said).toEqual(['start a']);
  });

  it('gives the place of the least urgent to a more urgent request, and tells it so', async () => {
    start({ slots: 1, maxQueue: 1 });
    void ask('running', { wantsDeltas: true });
    const research = ask('research', { class: 'research' });
    void ask('urgent', { class: 'urgent' });
    await expect(research.answer).resolves.toBe('overloaded');
    await expect(ask('routine').answer).resolves.toBe('overloaded');
    expect(scheduler.figures().counts.evicted).toBe(1);
  });

  it('refuses on arrival what cannot be answered before its deadline, when it knows its answers', async () => {
    start({ slots: 1 });
    for (let index = 0; index < 6; index += 1) {
      void ask('taught');
      await jest.advanceTimersByTimeAsync(1_000);
      writer.end('taught', { tally: TALLY });
    }
    void ask('running');
    await expect(ask('hopeless', { deadlineMs: 1_900 }).answer).resolves.toBe('overloaded');
    void ask('hopeful', { deadlineMs: 2_100 });
    expect(scheduler.figures()).toMatchObject({ queued: 1, counts: { shed: 1 } });
  });

  it('says of its thread how long that has said nothing, and since when nobody waits for it', async () => {
    start({ slots: 2 });
    const first = ask('first', { deadlineMs: 5_000 });
    await jest.advanceTimersByTimeAsync(1_000);
    writer.write('first', 'Hello');
    await jest.advanceTimersByTimeAsync(300);
    expect(scheduler.figures()).toMatchObject({
      running: { forMs: 300, deadlineMs: 4_000 },
      abandonedForMs: undefined,
    });
    first.leave();
    await jest.advanceTimersByTimeAsync(50);
    expect(scheduler.figures()).toMatchObject({ running: { forMs: 350 }, abandonedForMs: 50 });
    writer.end('first', { frame: undefined });
    expect(scheduler.figures()).toMatchObject({ inFlight: 0, running: undefined, abandonedForMs: undefined });
  });

  it('does not hold against its thread that it said nothing while it had nothing to do', async () => {
    start();
    await jest.advanceTimersByTimeAsync(10_000);
    void ask('a');
    expect(scheduler.figures().running?.forMs).toBe(0);
  });

  it('gives a step a minute where nobody has a deadline', () => {
    start();
    void ask('a');
    expect(scheduler.figures().running?.deadlineMs).toBe(60_000);
  });

  it('tells what answers took, each once', async () => {
    start();
    void ask('a');
    await jest.advanceTimersByTimeAsync(1_000);
    writer.end('a', { tally: TALLY });
    expect(scheduler.figures().writing?.answers).toEqual([{ firstTokenMs: 100, tokensPerSecond: 10 }]);
    expect(scheduler.figures().writing?.answers).toEqual([]);
  });

  it('takes nothing new while it is drained, and ends with its last answer', async () => {
    start({ slots: 1 });
    const asked = [ask('a'), ask('b')];
    let ended = false;
    void scheduler.drain(false).then(() => (ended = true));
    await expect(ask('c').answer).resolves.toBe('unavailable');
    writer.end('a');
    await jest.advanceTimersByTimeAsync(0);
    expect(ended).toBe(false);
    writer.end('b');
    await Promise.all(asked.map(({ answer }) => answer));
    expect(ended).toBe(true);
  });

  it('hands back what waits where it is drained for another host, and does not wait for what nobody waits for', async () => {
    start({ slots: 1 });
    const [left, waiting] = [ask('left'), ask('waiting')];
    let ended = false;
    void scheduler.drain(true).then(() => (ended = true));
    await expect(waiting.answer).resolves.toBe('unavailable');
    expect(ended).toBe(false);
    left.leave();
    await jest.advanceTimersByTimeAsync(0);
    expect(ended).toBe(true);
  });

  it('refuses what it cannot read, and what such a model does not take', async () => {
    start();
    const broken = { bytes: Buffer.from('no frame'), routing: { requestClass: 0 } } as never;
    await expect(scheduler.submit(broken)).rejects.toMatchObject({ reason: 'invalid_request' });
    const { request } = incoming('texts', { input: { kind: 'texts', texts: ['a'] } });
    await expect(scheduler.submit(request)).rejects.toMatchObject({ reason: 'task_not_available' });
  });
});
