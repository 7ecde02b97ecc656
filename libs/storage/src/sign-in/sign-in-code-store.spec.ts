import { randomBytes, randomUUID } from 'node:crypto';
import type { ActivityEvent } from '@medserve/events';
import { activityEvent, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { withConnection } from '../database/with-connection';
import { openStorage, type Storage } from '../open-storage';

const AT = new Date(Date.UTC(2026, 0, 1));
const MINUTE_MS = 60_000;

const entry = (tenant: string, id: string): ActivityEvent =>
  activityEvent({
    event: 'signed_in',
    tenant,
    subject: `sign-in:${id}`,
  });

describe('SignInCodeStore', () => {
  let database: TestDatabase;
  let owner: Storage;
  /** Two gateways. */
  let here: Storage;
  let there: Storage;
  let key: string;

  beforeAll(async () => {
    database = await startTestDatabase();
    const options = { url: database.url, poolSize: 2, applicationName: 'spec' };
    owner = await openStorage(options);
    here = await openStorage({ ...options, role: 'gateway' });
    there = await openStorage({ ...options, role: 'gateway' });
    for (const tenant of ['north', 'south']) await owner.identity.tenants.add(tenant, `hospital ${tenant}`);
    key = await makeKey();
  }, 60_000);
  afterAll(async () => {
    for (const storage of [here, there, owner]) await storage.close();
    await database.close();
  }, 30_000);

  const makeKey = async (): Promise<string> => {
    const id = randomUUID();
    const own = { tenant: 'north', label: 'run', scopes: ['infer'], expiresAt: null };
    await owner.keys.insert({ id, prefix: `ms_${id}`, hash: Buffer.alloc(32), ...own });
    return id;
  };
  const make = async (forMs = MINUTE_MS): Promise<Buffer> => {
    const hash = randomBytes(32);
    await owner.signInCodes.insert(hash, { tenant: 'north', key }, forMs);
    return hash;
  };
  /** Begins a session with a code, as the gateway of a tenant. */
  const begin = (gateway: Storage, code: Buffer, { hash = randomBytes(32), tenant = 'north' } = {}) => {
    const id = randomUUID();
    const session = { hash, id, tenant, key, person: null, name: null, seenAt: AT, endsAt: AT };
    return gateway.signIns.begin(session, entry(tenant, id), code);
  };

  it('says at whichever gateway whom a code is for, until its time is over', async () => {
    const code = await make();
    expect(await here.signInCodes.find(code)).toEqual({ tenant: 'north', key });
    expect(await there.signInCodes.find(code)).toEqual({ tenant: 'north', key });
    expect(await here.signInCodes.find(randomBytes(32))).toBeUndefined();
    expect(await here.signInCodes.find(await make(0))).toBeUndefined();
  });

  it('begins one session by a code, however many ask for it at once, at however many gateways', async () => {
    const code = await make();
    const begun = await Promise.all([here, there, here, there].map((gateway) => begin(gateway, code)));
    expect(begun.filter(Boolean)).toHaveLength(1);
    expect(await here.signInCodes.find(code)).toBeUndefined();
    expect(await begin(here, code)).toBe(false);
  });

  it('begins none by one that is too old, or of another tenant, and leaves nothing of the session', async () => {
    const old = await make(0);
    const hash = randomBytes(32);
    expect(await begin(here, old, { hash })).toBe(false);
    expect(await begin(here, await make(), { hash, tenant: 'south' })).toBe(false);
    expect(await here.signIns.find(hash)).toBeUndefined();
  });

  it('leaves the code where the session could not be begun', async () => {
    const code = await make();
    const hash = randomBytes(32);
    expect(await begin(here, await make(), { hash })).toBe(true);
    await expect(begin(here, code, { hash })).rejects.toThrow();
    expect(await begin(there, code)).toBe(true);
  });

  it('shows a gateway the one code whose hash it names, and lets it make none', async () => {
    const code = await make();
    await expect(here.signInCodes.insert(randomBytes(32), { tenant: 'north', key }, MINUTE_MS)).rejects.toThrow(
      /permission denied/,
    );
    await withConnection(database.url, async (connection) => {
      await connection.query('SET ROLE medserve_gateway');
      const count = async (): Promise<unknown> =>
        (await connection.query('SELECT count(*)::int AS n FROM sign_in_code')).rows[0];
      const hex = code.toString('hex');
      expect((await connection.query(`SELECT key FROM medserve_sign_in_code('\\x${hex}')`)).rows).toHaveLength(1);
      expect(await count()).toEqual({ n: 0 });
      await connection.query(`SELECT set_config('medserve.tenant', '{south}', false)`);
      expect(await count()).toEqual({ n: 0 });
      expect((await connection.query('DELETE FROM sign_in_code RETURNING key')).rows).toEqual([]);
    });
    expect(await here.signInCodes.find(code)).toBeDefined();
  });

  it('keeps no code whose time is over, once another is made', async () => {
    await make(0);
    await make();
    await withConnection(database.url, async (connection) => {
      const text = 'SELECT count(*)::int AS n FROM sign_in_code WHERE ends_at <= now()';
      expect((await connection.query(text)).rows).toEqual([{ n: 0 }]);
    });
  });
});
