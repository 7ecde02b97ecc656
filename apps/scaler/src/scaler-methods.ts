import type { PoolDecision, WatchDecisionsRequest, WatchDecisionsResponse } from '@medserve/contracts';
import { watchMethod } from '@medserve/rpc';
import type { Decisions, PoolState } from './decisions/decisions';

const toPoolDecision = ({ description, figures, decision }: PoolState): PoolDecision => ({
  pool: description.name,
  queuedSlots: figures.queuedSlots,
  runningSlots: figures.runningSlots,
  readyReplicas: figures.readyReplicas,
  startingReplicas: figures.startingReplicas,
  oldestWaitMs: figures.oldestWaitMs,
  minReplicas: description.scaling.minReplicas,
  maxReplicas: description.scaling.maxReplicas,
  waiting: figures.waiting,
  totals: figures.totals,
  decision,
});

/** The decisions as they are, and again after everything that was heard or decided. */
export const watchDecisions = (decisions: Decisions, closing: AbortSignal) =>
  watchMethod<WatchDecisionsRequest, WatchDecisionsResponse>(
    {
      onChange: (listener) => decisions.onChange(listener),
      current: () => ({ known: decisions.isRebuilt, pools: decisions.all().map(toPoolDecision) }),
    },
    closing,
  );
