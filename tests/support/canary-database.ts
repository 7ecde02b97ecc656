import { withConnection } from '@medserve/storage';
import type { Canaries, Finding } from './canaries';

/** Fewer tables than these are not all of the platform's. */
const LEAST_TABLES = 9;

/** The canaries in all rows of a database, each found in `table <schema.name>`. */
export function findInDatabase(canaries: Canaries, url: string): Promise<Finding[]> {
  return withConnection(url, async (connection) => {
    const tables = await connection.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    if (tables.rows.length < LEAST_TABLES) throw new Error('the database has not the tables of the platform');
    const found: Finding[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await connection.query<{ row: string }>(`SELECT whole::text AS row FROM ${name} AS whole`);
      found.push(...rows.flatMap(({ row }) => rowFindings(canaries, name, row)));
    }
    return found;
  });
}

/** In a row as text a bytea stands in hex: what it holds is looked through as well. */
function rowFindings(canaries: Canaries, table: string, row: string): Finding[] {
  const bytes = [...row.matchAll(/\\x([0-9a-f]+)/g)].map(([, hex]) => Buffer.from(hex ?? '', 'hex'));
  return [Buffer.from(row), ...bytes].flatMap((part) => canaries.find(part, `table ${table}`));
}
