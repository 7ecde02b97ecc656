import type { Readable } from 'node:stream';
import { ServingError } from '@medserve/errors';

/** How slow a sender may be. */
export interface Patience {
  /** So long the bytes that follow are waited for, in all, until `bytes` of them have come. */
  readonly waitMs: number;
  readonly bytes: number;
}

/**
 * The chunks of a body as they come. Only the time in which the sender is waited for counts: a body that is read slowly because its
 * parts are being stored is not its sender's fault. Whoever stops in the middle leaves the body open, so that the sender can still be
 * answered (`drain`).
 *
 * @throws ServingError `invalid_request` when the sender falls silent, or sends a byte now and then
 */
export async function* arrivingBody(body: Readable, { waitMs, bytes }: Patience): AsyncGenerator<Buffer> {
  const chunks = body.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  let [waited, came] = [0, 0];
  let isWaiting = false;
  try {
    for (;;) {
      const since = Date.now();
      isWaiting = true;
      const next = await within(waitMs - waited, chunks.next());
      isWaiting = false;
      if (next.done === true) return;
      came += next.value.length;
      waited += Date.now() - since;
      if (came >= bytes) [waited, came] = [0, 0];
      yield next.value;
    }
  } finally {
    // It lets the body go once what it waits for has come, which of a silent sender is never.
    const left = chunks.return?.();
    if (!isWaiting) await left;
  }
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ServingError('invalid_request', 'The body did not come in time.', { field: 'body' }));
    }, ms);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Of a sender that was refused in the middle of its body. */
const DRAIN_MS = 30_000;

/**
 * Lets the rest of a body that was refused come and go: most clients read no answer before they have sent all. One that goes on for
 * long is cut off.
 */
export function drain(body: Readable): void {
  if (body.readableEnded || body.destroyed) return;
  const timer = setTimeout(() => body.destroy(), DRAIN_MS).unref();
  body
    .once('close', () => {
      clearTimeout(timer);
    })
    .on('error', () => undefined)
    .resume();
}
