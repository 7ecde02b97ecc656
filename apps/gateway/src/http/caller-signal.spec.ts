import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { callerSignal } from './caller-signal';

const replyTo = (raw: PassThrough) => ({ raw }) as unknown as FastifyReply;

describe('the signal of a caller', () => {
  it('aborts when the caller hangs up', async () => {
    const raw = new PassThrough();
    const signal = callerSignal(replyTo(raw));
    expect(signal.aborted).toBe(false);
    raw.destroy();
    await once(raw, 'close');
    expect(signal.aborted).toBe(true);
  });

  it('is aborted where the caller has hung up before anybody asked', async () => {
    const raw = new PassThrough();
    raw.destroy();
    await once(raw, 'close');
    expect(callerSignal(replyTo(raw)).aborted).toBe(true);
  });

  it('does not abort when all was sent', async () => {
    const raw = new PassThrough();
    const signal = callerSignal(replyTo(raw));
    raw.resume().end('answer');
    await once(raw, 'close');
    expect(signal.aborted).toBe(false);
  });
});
