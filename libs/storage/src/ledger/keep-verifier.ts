import type { Queryable } from '../database/database';

const INSERT = 'INSERT INTO ledger_key (tenant, verifier) VALUES ($1, $2) ON CONFLICT DO NOTHING';

/** Lets those who read a log know the key that signs it, in note form: whoever signs says so with every checkpoint. */
export async function keepVerifier(client: Queryable, tenant: string, verifier: string): Promise<void> {
  await client.rows({ text: INSERT, values: [tenant, verifier] });
}
