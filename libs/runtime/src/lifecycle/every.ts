import { setTimeout as delay } from 'node:timers/promises';

/** Does `work` now and then, one at a time, until `signal` aborts; a failure is told and does not end it. */
export async function every(
  intervalMs: number,
  signal: AbortSignal,
  work: () => Promise<unknown>,
  onFailure: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: unknown) => {
      if (!signal.aborted) onFailure(error);
    });
    await delay(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}
