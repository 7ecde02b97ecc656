import { relayOnce, type EventBus, type EventMessage, type Outbox } from '@medserve/events';
import { judgeArrival, RequestQueue, RetryBudget } from '@medserve/serving';
import type { ModelDatabase, OutboxRow, RequestRow, Status } from './database';
import type { Transaction } from './disk';
import type { Job } from './job';

/**
 * Everything in a simulated world that decides: the platform's own functions where they are functions, and for what is SQL there a
 * statement about the model with the same meaning. Planted bugs replace single ones of them.
 */
export interface Parts {
  readonly judgeArrival: typeof judgeArrival;
  readonly newQueue: (limit: number) => Pick<RequestQueue<Job>, 'size' | 'offer' | 'remove' | 'take' | 'inOrder'>;
  readonly newRetries: () => Pick<RetryBudget, 'first' | 'take'>;
  /** Whether a request whose replica died may be sent again. */
  readonly mayRetry: (job: { readonly isBegun: boolean }) => boolean;
  readonly relayOnce: (outbox: Outbox, bus: EventBus, batch: number) => Promise<number>;
  /** Which rows the relay takes. */
  readonly unsent: (rows: Iterable<OutboxRow>, limit: number) => OutboxRow[];
  /** Whether the reconciliation sends a row again. */
  readonly isStale: (row: OutboxRow, nowMs: number) => boolean;
  /** Whether the ledger takes a message, and which bytes become its leaf. */
  readonly leafOf: (database: ModelDatabase, message: EventMessage) => Buffer | undefined;
  /** Whether the sweep ends a request; `freeForMs`: since when its owner is known to be dead. */
  readonly isAbandoned: (row: RequestRow, nowMs: number, freeForMs: number | undefined) => boolean;
  /** Whether an ending is written. */
  readonly mayEnd: (row: RequestRow) => boolean;
  /** Which request had the key first. */
  readonly holderOf: (database: ModelDatabase, key: string) => string | undefined;
  /** Frees the key of a request that ended so. */
  readonly freesKey: (status: Status) => boolean;
  /** Whether the commit of a record waits for the disk. */
  readonly recordsWaitForDisk: boolean;
  /** Whether a checkpoint is committed, which takes the log to the disk, before it is published. */
  readonly checkpointsWaitForDisk: boolean;
  /** Whether an answer waits for its record. */
  readonly answersWaitForRecord: boolean;
  readonly acknowledge: (transaction: Transaction, database: ModelDatabase, event: string) => void;
}

const GRACE_MS = 150;
const RESEND_AFTER_MS = 250;

export const REAL: Parts = {
  judgeArrival,
  newQueue: (limit) => new RequestQueue<Job>(limit),
  newRetries: () => new RetryBudget(),
  mayRetry: ({ isBegun }) => !isBegun,
  relayOnce,
  unsent: (rows, limit) =>
    [...rows]
      .filter(({ state }) => state === 'new')
      .sort((one, other) => one.position - other.position)
      .slice(0, limit),
  isStale: ({ state, sentAtMs }, nowMs) => state === 'sent' && sentAtMs <= nowMs - RESEND_AFTER_MS,
  leafOf: ({ outbox, entryOf }, { id, bytes }) => {
    const row = outbox.get(id);
    return entryOf.has(id) || row?.bytes.equals(bytes) !== true ? undefined : row.bytes;
  },
  isAbandoned: ({ status, leaseUntilMs }, nowMs, freeForMs) =>
    status === 'accepted' && ((freeForMs ?? -1) >= GRACE_MS || leaseUntilMs <= nowMs),
  mayEnd: ({ status }) => status === 'accepted',
  holderOf: ({ keys }, key) => keys.get(key),
  freesKey: (status) => status !== 'completed',
  recordsWaitForDisk: true,
  checkpointsWaitForDisk: true,
  answersWaitForRecord: true,
  acknowledge: (transaction, { outbox }, event) => {
    transaction.delete(outbox, event);
  },
};
