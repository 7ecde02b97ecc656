import { randomUUID } from 'node:crypto';
import { SCOPES, loadPepper, mintApiKey } from '@medserve/security';
import { openStorage } from '@medserve/storage';
import type { Home } from '../home/home';
import { consoleAddress } from './console-address';
import type { Database } from './database';

export interface RunKey {
  /** Shown once. */
  readonly key: string;
  /** An address of the page that signs one browser in with it. @param console where the page is */
  consoleAddress(console: string): Promise<string>;
  revoke(): Promise<void>;
}

export const HOME_TENANT = 'home';

/** Keys of runs carry this label: what a killed run left valid is revoked by the next one. */
const LABEL = 'run';

/** Mints the key of this run, with every scope; it works while the run lasts. */
export async function runKey(database: Database, home: Home): Promise<RunKey> {
  const minted = mintApiKey(loadPepper(home.pepper));
  const id = randomUUID();
  const withKeys = async <T>(work: (storage: Awaited<ReturnType<typeof openStorage>>) => Promise<T>): Promise<T> => {
    const storage = await openStorage({ url: database.url, poolSize: 1, applicationName: 'medserve-up' });
    try {
      return await work(storage);
    } finally {
      await storage.close();
    }
  };
  await withKeys(async ({ keys }) => {
    await keys.revokeLabelled(LABEL);
    await keys.insert({
      id,
      prefix: minted.prefix,
      hash: minted.hash,
      scopes: [...SCOPES],
      tenant: HOME_TENANT,
      label: LABEL,
      expiresAt: null,
    });
  });
  return {
    key: minted.key,
    consoleAddress: (console) =>
      withKeys((storage) => consoleAddress(storage, console, { tenant: HOME_TENANT, key: id })),
    revoke: () =>
      withKeys(async ({ keys }) => {
        await keys.revokeLabelled(LABEL);
      }),
  };
}
