import { setTimeout as delay } from 'node:timers/promises';
import { failpoint } from '@medserve/runtime/failpoints';
import { partitionOf, type EventBus, type EventMessage } from './event-bus';
import type { Outbox } from './outbox';

export interface RelayOptions {
  /** Most events taken at once. */
  readonly batch?: number;
  /** Resolves when there may be something new, or after a while: the relay then looks. */
  readonly untilWoken: (signal: AbortSignal) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
  readonly signal: AbortSignal;
  /** Pause after a failure. */
  readonly pauseMs?: number;
}

/** Events of one partition each, order kept. */
function byPartition(events: readonly EventMessage[], partitions: number): Map<number, EventMessage[]> {
  const groups = new Map<number, EventMessage[]>();
  for (const event of events) {
    const partition = partitionOf(event.key, partitions);
    const group = groups.get(partition);
    if (group === undefined) groups.set(partition, [event]);
    else group.push(event);
  }
  return groups;
}

/**
 * Publishes one batch of the outbox; returns how many events it took. They are marked sent afterwards, when most have arrived and
 * need no mark: who dies in between sends them once more, and the ledger takes each once. Of a partition that fails, the events
 * stay unsent and the failure is thrown once the other partitions had their turn.
 */
export async function relayOnce(outbox: Outbox, bus: EventBus, batch: number): Promise<number> {
  const events = await outbox.unsent(batch);
  const failures: unknown[] = [];
  const published: string[] = [];
  for (const [partition, group] of byPartition(events, bus.partitions)) {
    try {
      await failpoint('relay.before-publish');
      await bus.publish(partition, group);
      await failpoint('relay.after-publish');
      published.push(...group.map(({ id }) => id));
    } catch (error) {
      failures.push(error);
    }
  }
  if (published.length > 0) await outbox.sent(published);
  if (failures.length > 0) throw failures[0];
  return events.length;
}

/** The result of `work`, or a rejection as soon as `signal` aborts; the work itself goes on unseen. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(new Error('aborted'));
    };
    signal.addEventListener('abort', onAbort);
    const done = (): void => {
      signal.removeEventListener('abort', onAbort);
    };
    work.finally(done).then(resolve, reject);
  });
}

/**
 * Moves events from the outbox to the bus until `signal` aborts; failures are told and tried again. When it aborts, a transport
 * that is away is not waited for: what it was given is not marked, and a later relay sends it once more.
 */
export async function runRelay(outbox: Outbox, bus: EventBus, options: RelayOptions): Promise<void> {
  const { batch = 500, untilWoken, onFailure, signal, pauseMs = 500 } = options;
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    try {
      const moved = await orAborted(relayOnce(outbox, bus, batch), signal);
      if (moved < batch) await untilWoken(signal);
    } catch (error) {
      if (isOver()) return;
      onFailure(error);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
