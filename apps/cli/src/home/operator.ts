import { newEventId, type ActivityEvent } from '@medserve/events';
import type { Storage } from '@medserve/storage';

/** What is particular to one thing that an operator does. */
export type Deed = Pick<ActivityEvent, 'event' | 'subject' | 'facts'>;

/** The entry of the ledger for something that an operator does by a command, at whichever tenant it is about. */
export const operatorsEntry = (tenant: string, deed: Deed): ActivityEvent => ({
  id: newEventId(),
  schema: 1,
  at: new Date().toISOString(),
  tenant,
  actor: 'operator',
  actorKind: 'service',
  outcome: 'success',
  ...deed,
});

/**
 * Puts on record what is done outside the database, before it happens: what cannot be told is not done. A change of rows takes
 * `operatorsEntry` along instead, so that both are there or neither.
 */
export const tell = (storage: Pick<Storage, 'activities'>, tenant: string, deed: Deed): Promise<void> =>
  storage.activities.record(operatorsEntry(tenant, deed));
