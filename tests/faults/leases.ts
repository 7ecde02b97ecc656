import { withConnection } from '@medserve/storage';

/**
 * The leases of who has just died end now, as they would by themselves some seconds later: what a test has seen dead it need not wait for.
 * That a lease ends by its time alone is proven where its holder is frozen, and in the specs of the stores.
 */
export const endLeases = (databaseUrl: string): Promise<void> =>
  withConnection(databaseUrl, async (sql) => {
    for (const held of ['study_generation', 'delivery'])
      await sql.query(`UPDATE ${held} SET lease_until = now() WHERE lease_until IS NOT NULL`);
  });
