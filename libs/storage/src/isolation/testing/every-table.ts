import type { Client } from 'pg';
import type { Lane } from './lane';

/** Rows of a table that are looked at; of a large one a sample, so that a long life does not spend itself on this. */
const LOOKED_AT = 2_000;

const SHUT = `
SELECT attrelid::regclass::text AS name FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE attname = 'tenant' AND relkind IN ('r', 'p') AND relrowsecurity AND has_column_privilege('medserve_gateway', attrelid, attnum, 'SELECT')
ORDER BY 1`;

/** Every table whose rows belong to tenants and that a gateway may read: also each that comes after this was written. */
export async function tablesOfTenants(operator: Client): Promise<readonly string[]> {
  const { rows } = await operator.query<{ name: string }>(SHUT);
  return rows.map(({ name }) => name);
}

interface Found {
  readonly name: string;
  readonly tenant: string;
}

/** Whatever stands in all tables: nothing of it for nobody, and nothing of others for a tenant. */
export async function lookAtTables(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const { database } = world.gateway;
  const share = Math.min(100, (100 * LOOKED_AT) / Math.max(1, world.operations)).toFixed(3);
  const ofTable = (name: string): string =>
    `SELECT DISTINCT '${name}' AS name, tenant FROM ${name} TABLESAMPLE SYSTEM (${share})`;
  const statement = { text: world.tables.map(ofTable).join('\nUNION ALL '), values: [] };
  const isForNobody = lane.random() < 0.5;
  const rows = await lane.surely(() =>
    isForNobody
      ? database.rows<Found>(statement)
      : database.forTenant(tenant, (client) => client.rows<Found>(statement)),
  );
  const foreign = rows.filter((row) => isForNobody || row.tenant !== tenant);
  const where = foreign.map(({ name, tenant: whose }) => `${name} of ${whose}`).join();
  lane.expect(foreign.length === 0, `rows were there for ${isForNobody ? 'nobody' : 'another'}: ${where}`);
}
