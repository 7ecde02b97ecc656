import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { ReplyEvents } from './reply-events';

const TEN_SECONDS = 10_000;

function setUp() {
  const heads: object[] = [];
  const raw = Object.assign(new PassThrough(), { writeHead: (_status: number, head: object) => heads.push(head) });
  const reply = { raw, hijack: () => undefined, getHeaders: () => ({ 'x-request-id': 'r' }) };
  let drained = 0;
  const events = new ReplyEvents(
    reply as unknown as FastifyReply,
    { tellHeaders: () => undefined, readWithinMs: 300_000 },
    () => (drained += 1),
  );
  const text = (): string => ((raw.read() as Buffer | null) ?? '').toString();
  return { events, raw, heads, text, drained: () => drained };
}

describe('the events of a reply', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('begin with the first of them, and not before', () => {
    const { events, heads, text } = setUp();
    expect([events.hasBegun, events.takesMore]).toEqual([false, true]);
    events.write(Buffer.from('data: 1\n\n'));
    expect(heads).toMatchObject([{ 'x-request-id': 'r', 'content-type': 'text/event-stream; charset=utf-8' }]);
    events.end(Buffer.from('data: 2\n\n'));
    expect(heads).toHaveLength(1);
    expect(text()).toBe('data: 1\n\ndata: 2\n\n');
    expect(events.takesMore).toBe(false);
  });

  it('are joined by a comment where nothing is written for long, once the request is accepted', () => {
    const { events, text } = setUp();
    jest.advanceTimersByTime(3 * TEN_SECONDS);
    expect(events.hasBegun).toBe(false);
    events.start();
    jest.advanceTimersByTime(2 * TEN_SECONDS);
    expect(text()).toBe(': still working\n\n');
    events.write(Buffer.from('data: 1\n\n'));
    jest.advanceTimersByTime(TEN_SECONDS);
    expect(text()).toBe('data: 1\n\n');
    events.end(Buffer.from('data: 2\n\n'));
    jest.advanceTimersByTime(3 * TEN_SECONDS);
    expect(text()).toBe('data: 2\n\n');
  });

  it('wait for a reader who is behind, without a comment', () => {
    const { events, text, drained } = setUp();
    events.start();
    events.write(Buffer.alloc(64 * 1024));
    expect(events.takesMore).toBe(false);
    jest.advanceTimersByTime(3 * TEN_SECONDS);
    expect(text()).toHaveLength(64 * 1024);
    expect(drained()).toBe(1);
  });

  it('are over when their reader has not taken them long after the deadline', () => {
    const { events, raw } = setUp();
    events.start();
    events.write(Buffer.alloc(64 * 1024));
    events.end(Buffer.from('data: 1\n\n'));
    jest.advanceTimersByTime(299_000);
    expect(raw.destroyed).toBe(false);
    jest.advanceTimersByTime(1_000);
    expect(raw.destroyed).toBe(true);
  });

  it('leave no clock behind where there are none after all', () => {
    const { events, raw } = setUp();
    events.leave();
    expect(jest.getTimerCount()).toBe(0);
    expect(raw.destroyed).toBe(false);
  });
});
