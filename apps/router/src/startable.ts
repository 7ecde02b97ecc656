import type { Candidate } from '@medserve/serving';
import type { ScalingPool } from './demand/scaling-pool';

/** A replica that may have to be opened first. */
export interface Startable extends Candidate {
  /** Whose replica it is. */
  readonly scaling: ScalingPool;
  /** Since when it is being opened, on the clock of `performance.now()`. */
  readonly openingSinceMs: number | undefined;
  /** 0: not known, or nothing is to be loaded. */
  readonly expectedLoadMs: number;
  /** Whether its pod has come to have the model loaded since this was last asked, and nobody connects to it yet. */
  becameReady(): boolean;
  /** Has the pod load the model, when it has to, and connects to its host. @throws ServingError as the pod, or `unavailable` */
  open(): Promise<void>;
}
