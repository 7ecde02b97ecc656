import type { RequestQueue } from '@medserve/serving';
import type { Instance } from './instance';
import type { HostCounts } from './messages';
import type { ServedFigures } from './served-model';
import type { Ticket } from './ticket';

export interface SchedulerState {
  readonly queue: RequestQueue<Ticket>;
  readonly instances: readonly Instance[];
  readonly lastUsedAtMs: number;
  readonly msPerRow: number | undefined;
  readonly unbatchable: boolean;
  readonly counts: HostCounts;
}

/** What a scheduler says about itself. */
export function figuresOf(state: SchedulerState, nowMs: number): ServedFigures {
  const { queue, instances, lastUsedAtMs, msPerRow, unbatchable, counts } = state;
  const runs = instances.flatMap(({ run }) => run ?? []);
  const [worst] = runs.toSorted((a, b) => b.overrunMs(nowMs) - a.overrunMs(nowMs));
  const abandoned = runs.flatMap((run) => run.abandonedForMs(nowMs) ?? []);
  let queuedRows = 0;
  for (const { rows } of queue.inOrder()) queuedRows += rows;
  return {
    inFlight: queue.size + runs.reduce((sum, { tickets }) => sum + tickets.length, 0),
    queued: queue.size,
    queuedRows,
    idleForMs: nowMs - lastUsedAtMs,
    running: worst && { forMs: worst.forMs(nowMs), deadlineMs: worst.deadlineMs },
    abandonedForMs: abandoned.length > 0 ? Math.max(...abandoned) : undefined,
    msPerRow,
    instances: instances.length,
    notBatchable: unbatchable,
    counts: { ...counts },
  };
}
