import { RUN_LOST, ServingError } from '@medserve/errors';
import { byDeadline } from './by-deadline';
import type { Records, StoredResult } from './ports';

/** How often a repeated key looks whether the first request, which runs in another gateway, has ended. */
const POLL_MS = 50;

/** What a request that has ended ended in. @throws ServingError `inference_failed` where nothing was stored */
export async function recordedEnd(records: Pick<Records, 'find'>, tenant: string, id: string): Promise<StoredResult> {
  return resultOf(await records.find(tenant, id));
}

function resultOf(found: { readonly result?: StoredResult } | undefined): StoredResult {
  if (found?.result !== undefined) return found.result;
  throw new ServingError(
    'inference_failed',
    'The request was abandoned: the gateway that ran it died, or its time ran out.',
    { ...RUN_LOST, remedy: 'Send the request again; the same Idempotency-Key may be used.' },
  );
}

/**
 * Waits for a request to end that runs elsewhere, until a deadline of the monotonic clock, in milliseconds.
 *
 * @throws ServingError `deadline_exceeded`, `cancelled` when the signal aborts; what `recordedEnd` throws
 */
export async function nextRecordedEnd(
  records: Pick<Records, 'find'>,
  tenant: string,
  id: string,
  deadlineAtMs: number,
  signal: AbortSignal,
): Promise<StoredResult> {
  for (;;) {
    const found = await byDeadline(records.find(tenant, id), deadlineAtMs);
    if (found?.status !== 'accepted') return resultOf(found);
    await byDeadline(pause(POLL_MS, signal), deadlineAtMs);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(new ServingError('cancelled', 'The caller went away.'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
