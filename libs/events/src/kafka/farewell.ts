import { setTimeout as delay } from 'node:timers/promises';

const FAREWELL_MS = 2_000;

/** Waits for a disconnect, not for ever: brokers that are away hear of it by their own timeouts. */
export async function farewell(disconnect: Promise<void>): Promise<void> {
  const isOver = new AbortController();
  const gone = disconnect
    .catch(() => undefined)
    .finally(() => {
      isOver.abort();
    });
  await Promise.race([gone, delay(FAREWELL_MS, undefined, { signal: isOver.signal }).catch(() => undefined)]);
}
