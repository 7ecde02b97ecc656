import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { BoundedSpanProcessor, type DropReason, type SpanExport } from './span-processor';

/** Nothing of it is looked at. */
const SPAN = {} as ReadableSpan;
const LIMITS = { queue: 10, batch: 4, delayMs: 1_000, farewellMs: 2_000 };

describe('spans that wait for a collector', () => {
  let counted: Record<DropReason | 'exported', number>;
  let sent: { readonly count: number; readonly answer: (rejected: number) => void; readonly fail: () => void }[];

  beforeEach(() => {
    jest.useFakeTimers();
    counted = { exported: 0, queue_full: 0, export_failed: 0, rejected: 0 };
    sent = [];
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const send: SpanExport = (spans) =>
    new Promise((resolve, reject) => {
      sent.push({
        count: spans.length,
        answer: (rejected) => {
          resolve({ rejected });
        },
        fail: () => {
          reject(new Error('nobody there'));
        },
      });
    });
  const queue = () =>
    new BoundedSpanProcessor(send, LIMITS, {
      exported: (count) => (counted.exported += count),
      dropped: (count, why) => (counted[why] += count),
    });
  const add = (to: BoundedSpanProcessor, count: number): void => {
    for (let index = 0; index < count; index += 1) to.onEnd(SPAN);
  };

  it('are sent together after a while, or at once when there are enough', async () => {
    const spans = queue();
    add(spans, 3);
    await jest.advanceTimersByTimeAsync(999);
    expect(sent).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(sent.map(({ count }) => count)).toEqual([3]);
    sent[0]?.answer(0);
    await jest.advanceTimersByTimeAsync(0);
    add(spans, 4);
    await jest.advanceTimersByTimeAsync(0);
    expect(sent.map(({ count }) => count)).toEqual([3, 4]);
    expect(counted.exported).toBe(3);
  });

  it('are dropped when a silent collector has let the queue fill, one export at a time', async () => {
    const spans = queue();
    add(spans, 30);
    await jest.advanceTimersByTimeAsync(60_000);
    add(spans, 30);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1);
    // Of the first ten four were on their way, so that there was room for four more.
    expect(counted).toMatchObject({ queue_full: 20 + 26, export_failed: 0 });
    sent[0]?.fail();
    await jest.advanceTimersByTimeAsync(0);
    expect(counted.export_failed).toBe(4);
    expect(sent).toHaveLength(2);
  });

  it('are counted when the collector will not have them', async () => {
    const spans = queue();
    add(spans, 4);
    await jest.advanceTimersByTimeAsync(0);
    sent[0]?.answer(3);
    await jest.advanceTimersByTimeAsync(0);
    expect(counted).toEqual({ exported: 1, rejected: 3, queue_full: 0, export_failed: 0 });
  });

  it('are sent before the process ends, and no more are taken', async () => {
    const spans = queue();
    add(spans, 6);
    await jest.advanceTimersByTimeAsync(0);
    sent[0]?.answer(0);
    const closed = spans.shutdown();
    add(spans, 1);
    await jest.advanceTimersByTimeAsync(0);
    sent[1]?.answer(0);
    await closed;
    expect(sent.map(({ count }) => count)).toEqual([4, 2]);
    expect(counted).toEqual({ exported: 6, queue_full: 0, export_failed: 1, rejected: 0 });
  });

  it('do not keep a process that ends from ending: of a dead collector all are dropped at its first silence', async () => {
    const spans = queue();
    add(spans, 9);
    await jest.advanceTimersByTimeAsync(0);
    const closed = spans.shutdown();
    sent[0]?.fail();
    await jest.advanceTimersByTimeAsync(0);
    sent[1]?.fail();
    await closed;
    expect(counted).toEqual({ exported: 0, queue_full: 0, export_failed: 9, rejected: 0 });
  });

  it('do not keep a process that ends from ending: of a silent collector what waits is dropped in the end', async () => {
    const spans = queue();
    add(spans, 9);
    await jest.advanceTimersByTimeAsync(0);
    let isOver = false;
    void spans.shutdown().then(() => (isOver = true));
    await jest.advanceTimersByTimeAsync(1_999);
    expect(isOver).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(isOver).toBe(true);
    expect(counted.export_failed).toBe(5);
    sent[0]?.answer(0);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(counted).toEqual({ exported: 4, queue_full: 0, export_failed: 5, rejected: 0 });
    expect(sent).toHaveLength(1);
  });

  it('are sent at once when that is asked for, and still one export at a time', async () => {
    const spans = queue();
    add(spans, 6);
    await jest.advanceTimersByTimeAsync(0);
    const flushed = spans.forceFlush();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1);
    sent[0]?.answer(0);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(sent.map(({ count }) => count)).toEqual([4, 2]);
    sent[1]?.answer(0);
    await flushed;
    expect(counted.exported).toBe(6);
  });
});
