import type { Class } from '@medserve/serving';

/** How a quota stands, for telling its callers. */
export interface Standing {
  readonly name: string;
  readonly kind: 'requests' | 'cost' | 'concurrency';
  readonly limit: number;
  /** In seconds; 0: it has no window. */
  readonly windowS: number;
  readonly remaining: number;
  /** Until the window ends, in milliseconds; 0: it has none. */
  readonly resetMs: number;
}

/** What the road needs to know of a request that was let in. */
export interface AcceptedWork {
  readonly class: Class;
  readonly costUnits: number;
}

/** A request that the quotas have let in. */
export interface Ticket {
  /**
   * Takes what could not be taken before the request was read: its cost, and what does not bind the class `stat`. Before it is
   * accepted, so that what is refused here has no record.
   *
   * @returns how to give back what was taken, once, where the request is not accepted after all
   * @throws ServingError `quota_exceeded`, `too_large`, `unavailable`
   */
  accept(work: AcceptedWork): Promise<() => void>;
  /** The work goes on, whether its caller does or not. @returns how to say that it has ended, once */
  hold(): () => void;
  /** The caller has its answer, or is gone. To be called once. */
  leave(): void;
}
