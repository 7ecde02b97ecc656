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
  /** Pause after a failure: of the relay when the outbox fails, of one partition when its events cannot be published. */
  readonly pauseMs?: number;
  /** How long the others wait for a partition that does not answer. */
  readonly patienceMs?: number;
  /** Pause between two looks while a partition is passed over: each then reads the keys of all that waits for that one. */
  readonly betweenLooksMs?: number;
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

interface Published {
  readonly partition: number;
  readonly ids: readonly string[];
}

/**
 * Publishes what waits in the outbox, partitions side by side. Of each partition one publish is under way at a time, and until its end
 * is known nothing more of that partition is read: so its order holds, and one without a leader is passed over by all others. A
 * publish cannot be taken back, so one that does not end is not repeated either.
 */
class Relay {
  /** Partitions of which nothing is to be read: under way, not marked yet, or at rest after a failure. */
  private readonly busy = new Set<number>();
  private published: Published[] = [];

  constructor(
    private readonly outbox: Outbox,
    private readonly bus: EventBus,
    /** Until when a partition rests whose publish failed. */
    private readonly afterFailure: (error: unknown) => Promise<unknown>,
  ) {}

  /** Whether events of some partition are not read at present. */
  get isPassingOver(): boolean {
    return this.busy.size > 0;
  }

  /**
   * One batch. They are marked sent afterwards, when most have arrived and need no mark: who dies in between sends them once more, and
   * the ledger takes each once. What was published after `patience` is marked by the next round.
   *
   * @returns how many events it took
   */
  async round(batch: number, patience?: Promise<unknown>): Promise<number> {
    await this.mark();
    const { busy } = this;
    const { partitions } = this.bus;
    if (busy.size >= partitions) return 0;
    const isWanted = (key: string): boolean => !busy.has(partitionOf(key, partitions));
    const events = await this.outbox.unsent(batch, busy.size === 0 ? undefined : isWanted);
    const groups = [...byPartition(events, partitions)];
    const all = Promise.all(groups.map(([partition, group]) => this.publish(partition, group)));
    await (patience === undefined ? all : Promise.race([all, patience]));
    await this.mark();
    return events.length;
  }

  private async publish(partition: number, group: readonly EventMessage[]): Promise<void> {
    this.busy.add(partition);
    try {
      await failpoint('relay.before-publish');
      await this.bus.publish(partition, group);
      await failpoint('relay.after-publish');
      this.published.push({ partition, ids: group.map(({ id }) => id) });
    } catch (error) {
      void this.afterFailure(error).then(() => this.busy.delete(partition));
    }
  }

  private async mark(): Promise<void> {
    const { published } = this;
    if (published.length === 0) return;
    this.published = [];
    try {
      await this.outbox.sent(published.flatMap(({ ids }) => ids));
    } finally {
      for (const { partition } of published) this.busy.delete(partition);
    }
  }
}

/**
 * Publishes one batch of the outbox and waits for it; returns how many events it took. Of a partition that fails, the events stay
 * unsent and the failure is thrown once the other partitions had their turn.
 */
export async function relayOnce(outbox: Outbox, bus: EventBus, batch: number): Promise<number> {
  const failures: unknown[] = [];
  const relay = new Relay(outbox, bus, (error) => {
    failures.push(error);
    return Promise.resolve();
  });
  const count = await relay.round(batch);
  if (failures.length > 0) throw failures[0];
  return count;
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
  const {
    batch = 500,
    untilWoken,
    onFailure,
    signal,
    pauseMs = 500,
    patienceMs = 1_000,
    betweenLooksMs = 250,
  } = options;
  const isOver = (): boolean => signal.aborted;
  const pause = async (ms: number, until = signal): Promise<void> => {
    await delay(ms, undefined, { signal: until }).catch(() => undefined);
  };
  const relay = new Relay(outbox, bus, async (error) => {
    if (!isOver()) onFailure(error);
    await pause(pauseMs);
  });
  while (!isOver()) {
    const roundOver = new AbortController();
    try {
      const patience = pause(patienceMs, AbortSignal.any([signal, roundOver.signal]));
      const moved = await orAborted(relay.round(batch, patience), signal);
      if (moved < batch && relay.isPassingOver) await pause(betweenLooksMs);
      if (moved < batch) await untilWoken(signal);
    } catch (error) {
      if (isOver()) return;
      onFailure(error);
      await pause(pauseMs);
    } finally {
      roundOver.abort();
    }
  }
}
