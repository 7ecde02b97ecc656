import type { Class } from '@medserve/serving';
import type { Life } from './simulation';

/** One request as the router holds it. */
export interface Job {
  readonly request: string;
  readonly class: Class;
  readonly tenant: string;
  readonly cost: number;
  readonly deadlineAtMs: number;
  readonly gateway: Life;
  readonly settle: (outcome: Outcome) => void;
  attempts: number;
}

export type Outcome =
  | { readonly kind: 'answered'; readonly answer: string }
  | {
      readonly kind: 'failed';
      readonly reason: 'overloaded' | 'deadline_exceeded' | 'inference_failed' | 'unavailable';
    };
