import type { KeyObject } from 'node:crypto';
import { runRelay, type EventBus } from '@medserve/events';
import type { Instruments, Logger } from '@medserve/runtime';
import type { Seat, Storage } from '@medserve/storage';
import { every } from './every';

export interface DutyTimes {
  /** Between looks for requests that nobody will end. */
  readonly sweepEveryMs: number;
  /** How long the lock of a dead gateway must have been free. */
  readonly graceMs: number;
  readonly reconcileEveryMs: number;
  /** An event that was sent this long ago and is not in the ledger is sent again. */
  readonly resendAfterMs: number;
  readonly checkpointEveryMs: number;
}

export interface Duties {
  readonly storage: Storage;
  /** Resolves when there is a transport; the other duties do not wait for it. */
  readonly bus: Promise<EventBus>;
  readonly key: KeyObject;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly times: DutyTimes;
}

async function reconcile({ storage, logger, instruments, times }: Duties): Promise<void> {
  const count = await storage.outbox.reclaim(times.resendAfterMs);
  if (count > 0) logger.warn('events were sent and did not reach the ledger; they are sent again', { count });
  instruments.outboxWaiting.set(await storage.outbox.waiting());
}

async function sweep({ logger, instruments }: Duties, sweepOnce: () => Promise<number>): Promise<void> {
  const count = await sweepOnce();
  if (count === 0) return;
  instruments.abandoned.inc(count);
  logger.warn('requests of a gateway that is gone were recorded as abandoned', { count });
}

/** Does `work` with what `arriving` brings, unless `signal` aborts before. */
async function onceThere<T>(
  arriving: Promise<T>,
  signal: AbortSignal,
  work: (found: T) => Promise<void>,
): Promise<void> {
  const over = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
  const found = await Promise.race([arriving, over]);
  if (found !== undefined && !signal.aborted) await work(found);
}

/** What the one recorder that holds the seat does until it loses it. */
export async function fulfil(duties: Duties, seat: Seat): Promise<void> {
  const { storage, bus, key, logger, times } = duties;
  const { signal } = seat;
  // What an earlier recorder had under way is sent again at once: it may have died before it arrived.
  await storage.outbox.reclaim(0).catch((error: unknown) => {
    logger.warn('the outbox could not be read', { error });
  });
  const sweeper = storage.abandonSweep(times.graceMs);
  const told = (message: string) => (error: unknown) => {
    logger.warn(message, { error });
  };
  await Promise.all([
    onceThere(bus, signal, (found) =>
      runRelay(storage.outbox, found, {
        signal,
        untilWoken: () => seat.untilWoken(),
        onFailure: told('events could not be relayed; they are tried again'),
      }),
    ),
    every(times.sweepEveryMs, signal, () => sweep(duties, () => sweeper.sweep(Date.now())), told('the sweep failed')),
    every(times.reconcileEveryMs, signal, () => reconcile(duties), told('the reconciliation failed')),
    every(times.checkpointEveryMs, signal, () => storage.ledger.checkpoint(key), told('no checkpoint could be signed')),
  ]);
}
