import { randomBytes, randomUUID } from 'node:crypto';
import type { ActivityEvent } from '@medserve/events';
import { activityEvent, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { withConnection } from '../database/with-connection';
import { openStorage, type Storage } from '../open-storage';
import { SESSIONS_EACH, type NewSignIn } from './sign-in-store';

const AT = new Date(Date.UTC(2026, 0, 1));
const later = (ms: number): Date => new Date(AT.getTime() + ms);

const entry = (tenant: string, id: string, event: 'signed_in' | 'signed_out' = 'signed_in'): ActivityEvent =>
  activityEvent({
    event,
    tenant,
    subject: `sign-in:${id}`,
  });

describe('SignInStore', () => {
  let database: TestDatabase;
  let owner: Storage;
  let gateway: Storage;
  let recorder: Storage;
  let key: string;
  let line: string;

  beforeAll(async () => {
    database = await startTestDatabase();
    const options = { url: database.url, poolSize: 2, applicationName: 'spec' };
    [owner, gateway, recorder] = [
      await openStorage(options),
      await openStorage({ ...options, role: 'gateway' }),
      await openStorage({ ...options, role: 'recorder' }),
    ];
    for (const tenant of ['north', 'south']) await owner.identity.tenants.add(tenant, `hospital ${tenant}`);
    key = await makeKey();
    line = randomUUID();
    await owner.identity.issuers.add({
      id: line,
      tenant: 'north',
      issuer: 'https://id.example',
      client: null,
      claim: null,
      claimValue: null,
      jwksUri: 'https://id.example/jwks',
      audience: 'medserve',
      algorithms: ['RS256'],
      typ: null,
      scopes: ['infer'],
      claims: {},
      roles: {},
      departments: null,
      signIn: { client: 'console', title: 'Northern General', scope: 'openid', hasSecret: true },
    });
    await gateway.identity.people.remember({
      tenant: 'north',
      id: 'u-1',
      issuer: 'https://id.example',
      subject: 'ada',
    });
  }, 60_000);
  afterAll(async () => {
    for (const storage of [gateway, recorder, owner]) await storage.close();
    await database.close();
  }, 30_000);

  const makeKey = async (): Promise<string> => {
    const id = randomUUID();
    const prefix = `ms_${id}`;
    const own = { tenant: 'north', label: 'desk', scopes: ['infer'], expiresAt: null };
    await owner.keys.insert({ id, prefix, hash: Buffer.alloc(32), ...own });
    return id;
  };
  const begin = async (change: Partial<NewSignIn> = {}): Promise<NewSignIn> => {
    const session = {
      hash: randomBytes(32),
      id: randomUUID(),
      tenant: 'north',
      key,
      person: null,
      name: 'desk',
      seenAt: AT,
      endsAt: later(43_200_000),
      ...change,
    };
    await gateway.signIns.begin(session, entry(session.tenant, session.id));
    return session;
  };
  const person = () => ({ key: null, person: { line, id: 'u-1', claims: { roles: ['radiologist'] } } });

  it('finds a session by its hash, and nothing by another', async () => {
    const { hash, ...session } = await begin();
    expect(await gateway.signIns.find(hash)).toEqual(session);
    expect(await gateway.signIns.find(randomBytes(32))).toBeUndefined();
  });

  it('finds the person of one, with the issuer and the subject that stand in the table of people only', async () => {
    const { hash, id } = await begin(person());
    expect(await gateway.signIns.find(hash)).toMatchObject({
      id,
      key: null,
      person: { line, id: 'u-1', issuer: 'https://id.example', subject: 'ada', claims: { roles: ['radiologist'] } },
    });
  });

  it('shows a gateway the one session whose hash it names, and none before or after', async () => {
    const { hash } = await begin();
    await withConnection(database.url, async (connection) => {
      await connection.query('SET ROLE medserve_gateway');
      const count = async (): Promise<unknown> =>
        (await connection.query('SELECT count(*)::int AS n FROM sign_in_session')).rows[0];
      expect(await count()).toEqual({ n: 0 });
      const hex = hash.toString('hex');
      expect((await connection.query(`SELECT id FROM medserve_sign_in('\\x${hex}')`)).rows).toHaveLength(1);
      expect(await count()).toEqual({ n: 0 });
      await connection.query(`SELECT set_config('medserve.tenant', '{south}', false)`);
      expect(await count()).toEqual({ n: 0 });
      await expect(connection.query('UPDATE sign_in_session SET key = NULL')).rejects.toThrow(/permission denied/);
    });
  });

  it('writes down that it is used, and ends it, once, of its own tenant only', async () => {
    const { hash, id } = await begin();
    await gateway.signIns.touch({ tenant: 'south', id }, later(9_000));
    await gateway.signIns.touch({ tenant: 'north', id }, later(5_000));
    await gateway.signIns.touch({ tenant: 'north', id }, later(2_000));
    expect((await gateway.signIns.find(hash))?.seenAt).toEqual(later(5_000));
    const end = (tenant: string): Promise<boolean> =>
      gateway.signIns.end({ tenant, id }, entry(tenant, id, 'signed_out'));
    expect(await end('south')).toBe(false);
    expect(await end('north')).toBe(true);
    expect(await end('north')).toBe(false);
    expect(await gateway.signIns.find(hash)).toBeUndefined();
  });

  it('ends the oldest sessions of who has too many', async () => {
    const own = await makeKey();
    const sessions: NewSignIn[] = [];
    for (let count = 0; count < SESSIONS_EACH + 2; count += 1)
      sessions.push(await begin({ key: own, seenAt: later(count) }));
    const found = await Promise.all(sessions.map(({ hash }) => gateway.signIns.find(hash)));
    expect(found.map((session) => session !== undefined)).toEqual(sessions.map((_, at) => at >= 2));
  }, 30_000);

  it('begins and ends one in the commit of the entry that tells of it', async () => {
    const { id, hash } = await begin();
    const twice = { hash, id: randomUUID(), tenant: 'north', key, person: null, name: null, seenAt: AT, endsAt: AT };
    await expect(gateway.signIns.begin(twice, entry('north', twice.id))).rejects.toThrow();
    await gateway.signIns.end({ tenant: 'north', id }, entry('north', id, 'signed_out'));
    const told = (await owner.outbox.unsent(1_000)).map(({ bytes }) => bytes.toString());
    expect(told.filter((text) => text.includes(id))).toHaveLength(2);
    expect(told.filter((text) => text.includes(twice.id))).toEqual([]);
  });

  it('ends those of a person who is removed, and of an issuer that is believed no more', async () => {
    await gateway.identity.people.remember({
      tenant: 'north',
      id: 'u-2',
      issuer: 'https://id.example',
      subject: 'bob',
    });
    const gone = await begin({ key: null, person: { line, id: 'u-2', claims: {} } });
    await withConnection(database.url, (connection) => connection.query(`DELETE FROM person WHERE id = 'u-2'`));
    expect(await gateway.signIns.find(gone.hash)).toBeUndefined();
    const { hash } = await begin(person());
    await owner.identity.issuers.remove('north', line);
    expect(await gateway.signIns.find(hash)).toBeUndefined();
  });

  it('is swept of what is over by a recorder, and of nothing else', async () => {
    const over = await begin({ endsAt: later(1_000) });
    const open = await begin();
    expect(await recorder.signIns.sweep(later(1_000))).toBe(1);
    expect(await gateway.signIns.find(over.hash)).toBeUndefined();
    expect(await gateway.signIns.find(open.hash)).toBeDefined();
  });

  it('says where people may sign in, before anybody is known', async () => {
    const id = randomUUID();
    const signIn = { client: 'console', title: 'South Clinic', scope: 'openid profile', hasSecret: false };
    const line = { issuer: 'https://south.example', jwksUri: 'https://south.example/jwks', audience: 'medserve' };
    const rest = { client: null, claim: null, claimValue: null, algorithms: ['RS256'], typ: null, scopes: [] };
    const words = { claims: {}, roles: {}, departments: null };
    await owner.identity.issuers.add({ id, tenant: 'south', ...line, ...rest, ...words, signIn });
    const found = await gateway.identity.issuers.signInProviders(10);
    expect(found).toEqual([{ id, tenant: 'south', issuer: 'https://south.example', signIn }]);
  });
});
