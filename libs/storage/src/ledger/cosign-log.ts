import {
  askWitness,
  consistencyPath,
  parseCheckpoint,
  parseVerifierKey,
  splitNote,
  type Cosignature,
  type WitnessAddress,
} from '@medserve/ledger';
import type { Database } from '../database/database';
import { snapshotFor, tileReader } from './ledger-rows';

/** Longest that a witness is waited for, in milliseconds: the log goes on without it. */
const PATIENCE_MS = 5_000;

export interface AskedWitness {
  readonly witness: string;
  /** Why it did not cosign; absent where it did, or had before. */
  readonly error?: unknown;
}

const NEWEST = `
SELECT note, coalesce((SELECT max(size) FROM ledger_cosignature AS seen
  WHERE seen.tenant = checkpoint.tenant AND witness = $2), 0) AS older
FROM ledger_checkpoint AS checkpoint WHERE tenant = $1 ORDER BY size DESC LIMIT 1`;

const KEEP = `
INSERT INTO ledger_cosignature (tenant, size, witness, line) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, size, witness) DO NOTHING`;

async function cosignBy(
  database: Database,
  tenant: string,
  address: WitnessAddress,
  signal: AbortSignal,
): Promise<void> {
  const { name } = parseVerifierKey(address.verifier);
  const [newest] = await snapshotFor(database, tenant, (client) =>
    client.rows<{ note: string; older: string }>({ text: NEWEST, values: [tenant, name] }),
  );
  if (newest === undefined) return;
  const { size } = parseCheckpoint(splitNote(newest.note).text);
  if (Number(newest.older) === size) return;
  const prove = (older: number): Promise<readonly Buffer[]> =>
    snapshotFor(database, tenant, (client) => consistencyPath(older, size, tileReader(client, tenant)));
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  const { witness, line }: Cosignature = await askWitness(address, newest.note, Number(newest.older), prove, patience);
  await database.rows({ text: KEEP, values: [tenant, size, witness, line] });
}

/**
 * Asks every witness, all at once, to cosign the newest checkpoint of a log, and keeps what they sign.
 *
 * @returns what came of it, in the order of the witnesses
 */
export function cosignLog(
  database: Database,
  tenant: string,
  witnesses: readonly WitnessAddress[],
  signal: AbortSignal,
): Promise<AskedWitness[]> {
  return Promise.all(
    witnesses.map(async (address): Promise<AskedWitness> => {
      const witness = parseVerifierKey(address.verifier).name;
      try {
        await cosignBy(database, tenant, address, signal);
        return { witness };
      } catch (error) {
        return { witness, error };
      }
    }),
  );
}
