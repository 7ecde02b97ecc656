import type { Activity } from '@medserve/events';

/**
 * What only the recorder and the owner's commands tell of. Verification takes such an entry at its word: it lets entries be gone,
 * and another key sign. Who can write to the outbox as a gateway, by whatever mistake, must not be able to say it.
 */
const RESERVED: ReadonlySet<string> = new Set<Activity>([
  'retention_sealed',
  'retention_deleted',
  'hold_placed',
  'hold_released',
  'signing_key_changed',
  'event_parked',
  'clock_jumped',
]);

/** @param teller role of the database that committed the event */
export const mayTell = (event: string, teller: string | null): boolean =>
  !(RESERVED.has(event) && teller === 'medserve_gateway');
