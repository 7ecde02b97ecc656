import type { EventMessage } from './event-bus';

/** What the relay needs of the outbox: rows are found by their state, never by "greater than the last id seen". */
export interface Outbox {
  /**
   * Up to `limit` unsent events in the order of their commit. They stay unsent.
   *
   * @param isWanted events of other keys are passed over; absent: all are wanted
   */
  unsent(limit: number, isWanted?: (key: string) => boolean): Promise<EventMessage[]>;
  /** Marks events sent, as far as they are still there: what arrived meanwhile is gone already. */
  sent(ids: readonly string[]): Promise<void>;
  /**
   * Makes events unsent again that were sent more than `afterMs` ago and are not in the ledger; returns how many.
   *
   * @param except tenants whose logs are held: their events would only come back, and stand in the way of the others'
   */
  reclaim(afterMs: number, except?: readonly string[]): Promise<number>;
}
