import { join } from 'node:path';
import { loadSigningKey } from '@medserve/ledger';
import { loadKeyWrapper } from '@medserve/security';
import { ContentVault, DataKeys, HOME, openStorage, type Verdict } from '@medserve/storage';
import type { OperatedHome } from './operator';

/**
 * What `medserve audit verify` finds, in this process: the command takes a second to load, and after many faults the same is asked each
 * time. The command itself is asked where platforms are killed (deaths.spec.ts, tests/real).
 */
export async function ledgerVerdict({ home, databaseUrl }: OperatedHome): Promise<Verdict> {
  const storage = await openStorage({ url: databaseUrl, poolSize: 2, applicationName: 'medserve-verdict' });
  try {
    const { ledger, contentKeys } = storage;
    await ledger.caughtUp();
    const key = loadSigningKey(join(home, 'keys', 'ledger.pem'));
    const wrapper = loadKeyWrapper(join(home, 'keys', 'content'));
    const vault = new ContentVault(new DataKeys(contentKeys, wrapper, () => performance.now()));
    return await ledger.verify(HOME, {
      verifier: await ledger.verifierKey(HOME, key),
      openContent: (place, stored) => vault.openUnlessShredded(place, stored),
    });
  } finally {
    await storage.close();
  }
}
