import type { KeyObject } from 'node:crypto';
import { loadSigningKey } from '@medserve/ledger';
import type { Storage } from '@medserve/storage';
import type { Home } from '../../home/home';
import { tell } from '../../home/operator';
import { withStorage } from '../../home/with-storage';

export interface LogOptions {
  readonly home: string;
  readonly tenant: string;
}

/** Waits until all that was committed before is in the ledger, then works on it. */
export const onLog = <T>(
  { home }: LogOptions,
  work: (storage: Storage, key: KeyObject, home: Home) => Promise<T>,
): Promise<T> =>
  withStorage(home, async (storage, place) => {
    await storage.ledger.caughtUp();
    return work(storage, loadSigningKey(place.ledgerKey), place);
  });

/**
 * Who takes a copy is in the log, too: whoever runs a command on the home, of whom no more is known.
 *
 * @throws Error where the tenant has no log: to tell of its copy would begin one
 */
export async function tellExport(storage: Storage, tenant: string, form: 'tiles' | 'fhir'): Promise<void> {
  if ((await storage.audit.head(tenant)) === undefined) throw new Error('there is no log of this tenant');
  await tell(storage, tenant, { event: 'audit_exported', subject: 'audit:log', facts: { form } });
}

export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
