import { newEventId } from '@medserve/events';
import type { Principal } from '@medserve/security';
import { openStorage, withConnection, type Storage, type StoredQuota } from '@medserve/storage';
import { FaultProxy, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { Quotas } from './quotas';

const LIMITS = { a: 30, b: 120, c: 500, d: 1_500 } as const;
type Tenant = keyof typeof LIMITS;
const TENANTS = Object.keys(LIMITS) as Tenant[];
const SLOTS = 12;
const STEPS = 150;
const STEP_MS = 400;
const WINDOW_MS = 60_000;

const by = (tenant: string): Principal => ({ id: 'key', kind: 'key', tenant, scopes: new Set(['infer']) });

/** A gateway as far as quotas go, with a wire of its own to the database. */
interface Gateway {
  readonly owner: string;
  readonly quotas: Quotas;
  readonly storage: Storage;
  readonly wire: FaultProxy;
  readonly close: () => Promise<void>;
}

describe('quotas of two gateways on one PostgreSQL', () => {
  let database: TestDatabase;
  let gateways: [Gateway, Gateway];
  const clock = { ms: 0 };

  const openGateway = async (): Promise<Gateway> => {
    const target = new URL(database.url);
    const wire = await FaultProxy.start(target.host);
    target.host = wire.address;
    const storage = await openStorage({ url: target.href, poolSize: 6, applicationName: 'gateway', role: 'gateway' });
    const ownership = await storage.holdOwnership(() => undefined);
    const quotas = new Quotas({
      store: storage.quotas,
      owner: ownership.owner,
      clientConcurrency: 1_000,
      now: () => clock.ms,
      health: { answered: () => undefined, failed: () => undefined },
    });
    const close = async (): Promise<void> => {
      await ownership.release();
      await storage.close();
      await wire.close();
    };
    return { owner: ownership.owner, quotas, storage, wire, close };
  };

  beforeAll(async () => {
    database = await startTestDatabase();
    await database.superuser((sql) =>
      sql.query(`INSERT INTO tenant (id, name) SELECT id, id FROM unnest($1::text[]) AS id`, [[...TENANTS, 'slots']]),
    );
    gateways = [await openGateway(), await openGateway()];
    const operator = await openStorage({ url: database.url, poolSize: 1, applicationName: 'operator' });
    const set = (quota: StoredQuota): Promise<void> =>
      operator.quotas.set(quota, {
        id: newEventId(),
        schema: 1,
        event: 'quota_changed',
        at: new Date().toISOString(),
        tenant: quota.tenant,
        actor: 'operator',
        subject: `quota:${quota.kind}/tenant`,
        outcome: 'success',
      });
    for (const tenant of TENANTS) {
      await set({
        tenant,
        client: '',
        kind: 'requests',
        limit: LIMITS[tenant],
        windowS: 60,
        exemptsStat: false,
      });
    }
    await set({
      tenant: 'slots',
      client: '',
      kind: 'concurrency',
      limit: SLOTS,
      windowS: 0,
      exemptsStat: false,
    });
    await operator.close();
  }, 60_000);

  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await database.close();
  }, 30_000);

  const pass = async ({ quotas }: Gateway, tenant: string): Promise<boolean> => {
    try {
      (await quotas.enter(by(tenant))).leave();
      return true;
    } catch {
      return false;
    }
  };

  it('let in no request too many while connections break in the middle of a question and the store stands still', async () => {
    for (const gateway of gateways) await Promise.all(TENANTS.map((tenant) => gateway.quotas.enter(by(tenant))));
    clock.ms = WINDOW_MS;
    const admitted = Object.fromEntries(TENANTS.map((tenant) => [tenant, 0])) as Record<Tenant, number>;
    const burst = async (): Promise<void> => {
      const asked = TENANTS.flatMap((tenant) =>
        Array.from({ length: Math.ceil((LIMITS[tenant] * 3) / STEPS / 2) }, () =>
          gateways.map((gateway) => [gateway, tenant] as const),
        ).flat(),
      );
      const outcomes = asked.map(async ([gateway, tenant]) => {
        if (await pass(gateway, tenant)) admitted[tenant] += 1;
      });
      await Promise.all(outcomes);
    };
    for (let step = 1; step < STEPS; step += 1) {
      clock.ms += STEP_MS;
      const under = burst();
      // Whether the server had committed before the wire was cut, nobody knows.
      if (step % 20 === 7) gateways[step % 2]?.wire.reset();
      await under;
      if (step === 60) {
        await withConnection(database.url, async (sql) => {
          await sql.query('BEGIN');
          await sql.query('LOCK TABLE quota_counter IN ACCESS EXCLUSIVE MODE');
          await burst();
          await sql.query('ROLLBACK');
        });
      }
    }
    for (const tenant of TENANTS) {
      expect(admitted[tenant]).toBeLessThanOrEqual(LIMITS[tenant]);
      expect(admitted[tenant]).toBeGreaterThan(LIMITS[tenant] * 0.7);
    }
  }, 60_000);

  it('leave the slots of a gateway that died to the other one', async () => {
    const third = await openGateway();
    const inside = await Promise.all(Array.from({ length: SLOTS }, () => third.quotas.enter(by('slots'))));
    expect(inside).toHaveLength(SLOTS);
    expect(await pass(gateways[0], 'slots')).toBe(false);
    const lives = async (): Promise<boolean> => {
      const text = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND ((classid::bigint << 32) | objid::bigint) = $1`;
      return (await database.superuser((sql) => sql.query(text, [third.owner]))).rows.length > 0;
    };
    await third.close();
    // The server lets go of a lock when it has noticed that the connection is gone.
    while (await lives());
    clock.ms += 1_000;
    // Its connection could have broken for a moment only.
    expect(await pass(gateways[0], 'slots')).toBe(false);
    await database.superuser((sql) => sql.query(`UPDATE quota_slot SET unlocked_since = now() - interval '6 seconds'`));
    clock.ms += 1_000;
    const taken = await Promise.all(
      Array.from({ length: SLOTS + 3 }, () => gateways[0].quotas.enter(by('slots')).catch(() => undefined)),
    );
    expect(taken.filter((ticket) => ticket !== undefined)).toHaveLength(SLOTS);
  });
});
