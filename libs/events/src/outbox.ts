import type { EventMessage } from './event-bus';

/** What the relay needs of the outbox: rows are found by their state, never by "greater than the last id seen". */
export interface Outbox {
  /** Takes up to `limit` unsent events in the order of their commit, and marks them sent. */
  claim(limit: number): Promise<EventMessage[]>;
  /** Makes events that could not be published unsent again. */
  release(ids: readonly string[]): Promise<void>;
  /**
   * Makes events unsent again that were sent more than `afterMs` ago and are not in the ledger; returns how many.
   *
   * @param except tenants whose logs are held: their events would only come back, and stand in the way of the others'
   */
  reclaim(afterMs: number, except?: readonly string[]): Promise<number>;
}
