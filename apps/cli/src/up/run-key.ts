import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { SCOPES, loadPepper, mintApiKey, prefixOfApiKey } from '@medserve/security';
import { openStorage, type Storage } from '@medserve/storage';
import type { Home } from '../home/home';
import { consoleAddress } from './console-address';
import type { Database } from './database';
import { writeWhole } from './write-whole';

export interface RunKey {
  /** Shown once. */
  readonly key: string;
  /** An address of the page that signs one browser in with it. @param console where the page is */
  consoleAddress(console: string): Promise<string>;
  revoke(): Promise<void>;
}

export const HOME_TENANT = 'home';

/** What lists of keys call it. Anybody may call a key so: which is the run's is known by its id alone. */
const LABEL = 'run';

/**
 * Mints the key of this run, with every scope; it works while the run lasts. What a killed run of this home left valid is revoked by the
 * next one. Other homes on the same database have runs of their own.
 */
export async function runKey(database: Pick<Database, 'url'>, home: Home): Promise<RunKey> {
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
    await revokeLeftOver(keys, home);
    // Before there is such a key: one that is left over is always found.
    writeWhole(home.runKey, `${id}\n`);
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
        await keys.revoke(HOME_TENANT, id);
        rmSync(home.runKey, { force: true });
      }),
  };
}

async function revokeLeftOver(keys: Storage['keys'], home: Home): Promise<void> {
  const id = read(home.runKey)?.trim() ?? (await keyOfLastRun(keys, home));
  if (id !== undefined && UUID.test(id)) await keys.revoke(HOME_TENANT, id);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A run of a version that kept no id, and was killed, left the key itself in what it told the commands. */
async function keyOfLastRun(keys: Storage['keys'], home: Home): Promise<string | undefined> {
  const key = /"key":"(msk_[\w-]+)"/.exec(read(home.running) ?? '')?.[1];
  const prefix = key === undefined ? undefined : prefixOfApiKey(key);
  const found = prefix === undefined ? undefined : await keys.findByPrefix(prefix);
  return found?.tenant === HOME_TENANT && found.label === LABEL ? found.id : undefined;
}

/** Undefined where there is no such file. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
