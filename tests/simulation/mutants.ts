import { judgeArrival, RequestQueue } from '@medserve/serving';
import type { OutboxRow } from './world/database';
import { REAL, type Parts } from './world/parts';
import type { Job } from './world/job';
import type { Invariant } from './world/watch';

export interface Mutant {
  readonly bug: string;
  /** What it breaks first. */
  readonly breaks: readonly Invariant[];
  /** Parts of one world: a bug may remember. */
  readonly parts: () => Parts;
}

const mutant = (bug: string, breaks: readonly Invariant[], change: () => Partial<Parts>): Mutant => ({
  bug,
  breaks,
  parts: () => ({ ...REAL, ...change() }),
});

/** A queue that serves whoever came first, whatever its class. */
class FirstComeQueue extends RequestQueue<Job> {
  private readonly line: Job[] = [];

  override offer(job: Job): ReturnType<RequestQueue<Job>['offer']> {
    const offer = super.offer(job);
    if (offer.kind !== 'refused') this.line.push(job);
    return offer;
  }

  override inOrder(): Iterable<Job> {
    const waiting = new Set(super.inOrder());
    return this.line.filter((job) => waiting.has(job));
  }
}

/** Bugs that were planted on purpose: each has to be found, or the simulation looks in the wrong places. */
export const MUTANTS: readonly Mutant[] = [
  mutant('nothing is sent again that did not arrive', ['A5', 'A1'], () => ({ isStale: () => false })),
  mutant('the outbox is polled by "greater than the last position seen"', ['A5', 'A1'], () => {
    let last = 0;
    return {
      unsent: (rows: Iterable<OutboxRow>, limit: number) => {
        const found = REAL.unsent(rows, Infinity)
          .filter(({ position }) => position > last)
          .slice(0, limit);
        last = found.at(-1)?.position ?? last;
        return found;
      },
    };
  }),
  mutant('the ledger takes an event as often as it comes', ['A1'], () => ({
    leafOf: ({ outbox, ledger }, { id }) => outbox.get(id)?.bytes ?? ledger.find(({ event }) => event === id)?.bytes,
  })),
  mutant('the ledger believes what the message says', ['A3'], () => ({
    leafOf: ({ entryOf, outbox }, { id, bytes }) => (entryOf.has(id) || !outbox.has(id) ? undefined : bytes),
  })),
  mutant('the sweep does not ask whether the gateway lives', ['A1'], () => ({
    isAbandoned: ({ status }) => status === 'accepted',
  })),
  mutant('an ending is written over another', ['A1', 'A2', 'M1'], () => ({ mayEnd: () => true })),
  mutant('an answer does not wait for its record', ['A2'], () => ({ answersWaitForRecord: false })),
  mutant('the commit of a record does not wait for the disk', ['A1', 'A2'], () => ({ recordsWaitForDisk: false })),
  mutant('a checkpoint is published before its log is on the disk', ['A4'], () => ({ checkpointsWaitForDisk: false })),
  mutant('a request is sent again after its model has begun', ['M1'], () => ({ mayRetry: () => true })),
  mutant('an idempotency key is not looked up', ['M1'], () => ({ holderOf: () => undefined })),
  mutant('an answered request frees its key', ['M1'], () => ({ freesKey: () => true })),
  mutant('the queue serves whoever came first', ['L3'], () => ({ newQueue: (limit) => new FirstComeQueue(limit) })),
  mutant('the least urgent class has the most places', ['L3'], () => ({
    judgeArrival: (state, name, leftMs, rules) => {
      const inverted = { stat: 'research', urgent: 'routine', routine: 'urgent', research: 'stat' } as const;
      return judgeArrival(state, inverted[name], leftMs, rules);
    },
  })),
];
