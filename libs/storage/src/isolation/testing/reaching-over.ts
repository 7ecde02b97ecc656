import { randomUUID } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import { newEventId } from '@medserve/events';
import { completion } from '@medserve/testkit';
import { recordsOf } from '../../ledger/records-of';
import type { Lane } from './lane';
import { accept } from './requests';
import { TENANTS } from './tenants';

/* What a tenant tries with what is another's. */

/** What another tenant has, by its very id: it is not there, and stays as it is. */
export async function askForForeign(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const id = world.foreignId(tenant, lane.random);
  if (id === undefined) return accept(lane);
  const { records, keys, database } = world.gateway;
  const ways: readonly (() => Promise<unknown>)[] = [
    () => records.find(tenant, id),
    () => records.request(tenant, id),
    () => recordsOf(database, tenant, id),
    () => keys.revoke(tenant, randomUUID()).then((isRevoked) => isRevoked || undefined),
    () =>
      records.finish({ ...completion(id), tenant }).catch((error: unknown) => {
        if (error instanceof ServingError && error.reason === 'internal') return undefined;
        throw error;
      }),
  ];
  const way = Math.floor(lane.random() * ways.length);
  const seen = await lane.surely(async () => ways[way]?.());
  lane.expect(seen === undefined, `a request of another tenant was there (${String(way)})`);
}

/** Statements as a mistake, or somebody who got in, would send them: over the shared pool, with no word of a tenant. */
export async function askForAll(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const { database } = world.gateway;
  const mine = lane.pick();
  const ids = [mine?.id, world.foreignId(tenant, lane.random)].filter((id) => id !== undefined);
  // Rarely the whole of a table, which grows.
  const wide = lane.random() < 0.01 ? `UNION ALL SELECT tenant FROM api_key UNION ALL SELECT tenant FROM outbox` : '';
  const text = `SELECT tenant FROM request WHERE id = ANY($1::uuid[]) ${wide} LIMIT 50`;
  if (lane.random() < 0.5) {
    const rows = await lane.surely(() => database.rows<{ tenant: string }>({ text, values: [ids] }));
    lane.expect(rows.length === 0, `rows were there for nobody: of ${rows.map((row) => row.tenant).join()}`);
    return;
  }
  const rows = await lane.surely(() =>
    database.forTenant(tenant, async (client) => {
      await client.rows({
        text: `UPDATE request SET content_type = 'taken' WHERE id = ANY($1::uuid[]) AND tenant <> $2`,
        values: [ids, tenant],
      });
      return client.rows<{ tenant: string }>({ text, values: [ids] });
    }),
  );
  const isOnlyMine = rows.every((row) => row.tenant === tenant);
  lane.expect(isOnlyMine, 'rows of another tenant were there');
  lane.expect(mine === undefined || rows.length > 0, 'its own rows were not there');
}

/** A transaction for the tenant that ends in an error: by its own work, or because it writes what is another's. */
export async function fail(lane: Lane): Promise<void> {
  const other = TENANTS[(TENANTS.indexOf(lane.tenant) + 1) % TENANTS.length];
  const text = 'INSERT INTO outbox (event, tenant, payload) VALUES ($1, $2, $3)';
  const isOwnWork = lane.random() < 0.5;
  const outcome = await lane.world.gateway.database
    .forTenant(lane.tenant, async (client) => {
      if (isOwnWork) throw new Error('its own work');
      await client.rows({ text, values: [newEventId(), other, Buffer.from('{}')] });
    })
    .catch((error: unknown) => error);
  lane.expect(outcome instanceof Error, 'an event was written for another tenant');
}
