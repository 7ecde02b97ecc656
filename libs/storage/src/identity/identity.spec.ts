import { randomBytes, randomUUID } from 'node:crypto';
import { newEventId, type ActivityEvent } from '@medserve/events';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { withConnection, type SqlConnection } from '../database/with-connection';
import { openStorage, type Storage } from '../open-storage';
import type { StoredClient } from './client-store';
import type { StoredIssuer } from './issuer-store';

const line = (tenant: string, change: Partial<StoredIssuer> = {}): StoredIssuer => ({
  id: randomUUID(),
  tenant,
  issuer: 'https://id.example',
  client: null,
  claim: null,
  claimValue: null,
  jwksUri: 'https://id.example/jwks',
  audience: 'medserve',
  algorithms: ['RS256'],
  typ: 'at+jwt',
  scopes: ['infer'],
  claims: { role: 'realm_access.roles' },
  roles: { radiologist: 'clinician' },
  departments: null,
  signIn: null,
  ...change,
});

const system = (tenant: string, change: Partial<StoredClient> = {}): Omit<StoredClient, 'revokedAt'> => ({
  id: randomUUID(),
  tenant,
  label: 'an archive',
  jwks: { keys: [{ kty: 'EC' }] },
  jwksUri: null,
  certificateSha256: null,
  certificateName: null,
  scopes: ['infer'],
  site: null,
  department: null,
  ...change,
});

describe('the tables of identity', () => {
  let database: TestDatabase;
  /** An operator's, and a gateway's. */
  let storage: Storage;
  let gateway: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 4, applicationName: 'spec' });
    gateway = await openStorage({ url: database.url, poolSize: 4, applicationName: 'spec', role: 'gateway' });
    for (const tenant of ['north', 'south']) await storage.identity.tenants.add(tenant, `hospital ${tenant}`);
    await storage.identity.tenants.addSite({ tenant: 'north', id: 'main', name: 'the main house' });
  }, 60_000);

  afterAll(async () => {
    await gateway.close();
    await storage.close();
    await database.close();
  }, 30_000);

  /** As a gateway works: without the right to see past row security. */
  const asGateway = <T>(work: (connection: SqlConnection) => Promise<T>): Promise<T> =>
    withConnection(database.url, async (connection) => {
      await connection.query('SET ROLE medserve_gateway');
      return work(connection);
    });

  it('know a tenant once, suspend it and let it back', async () => {
    const { tenants } = storage.identity;
    expect(await tenants.add('north', 'again')).toBe(false);
    expect(await gateway.identity.tenants.isActive('nowhere')).toBe(false);
    expect(await tenants.suspend('south', true)).toBe(true);
    expect(await tenants.suspend('south', true)).toBe(false);
    expect(await gateway.identity.tenants.isActive('south')).toBe(false);
    await tenants.suspend('south', false);
    expect(await gateway.identity.tenants.isActive('south')).toBe(true);
  });

  it('find the lines of an issuer with the sites of their tenants, and no others', async () => {
    const { issuers } = storage.identity;
    await issuers.add(line('north'));
    await issuers.add(line('south', { client: 'app' }));
    await issuers.add(line('south', { issuer: 'https://other.example' }));
    expect(await issuers.add(line('south'))).toBe(false);
    const found = await gateway.identity.issuers.findByIssuer('https://id.example');
    expect(found.map(({ tenant, sites, client }) => [tenant, sites, client])).toEqual(
      expect.arrayContaining([
        ['north', ['main'], null],
        ['south', [], 'app'],
      ]),
    );
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({ claims: { role: 'realm_access.roles' }, roles: { radiologist: 'clinician' } });
  });

  it('show a gateway the lines of the issuer that it names, and nothing before or after', async () => {
    await asGateway(async (connection) => {
      const count = async (): Promise<unknown> => {
        const { rows } = await connection.query('SELECT count(*)::int AS n FROM issuer');
        return (rows[0] as { n: number }).n;
      };
      expect(await count()).toBe(0);
      const { rows } = await connection.query(
        `SELECT (line).tenant, sites FROM medserve_issuers('https://id.example')`,
      );
      expect(rows).toHaveLength(2);
      expect(rows).toContainEqual({ tenant: 'north', sites: ['main'] });
      expect(await count()).toBe(0);
    });
  });

  it('find a client by what it proves itself with, until it is revoked, which is said once', async () => {
    const { clients } = storage.identity;
    const sha256 = randomBytes(32).toString('hex');
    const client = system('north', {
      certificateSha256: sha256,
      certificateName: 'URI:spiffe://north/pacs',
      site: 'main',
    });
    expect(await clients.add(client)).toBe(true);
    expect(await clients.add(system('south', { certificateSha256: sha256 }))).toBe(false);
    for (const name of [client.id, sha256, 'URI:spiffe://north/pacs']) {
      expect(await gateway.identity.clients.find(name)).toEqual({ ...client, revokedAt: null });
    }
    expect(await gateway.identity.clients.find(randomUUID())).toBeUndefined();
    expect(await clients.revoke('south', client.id)).toBeUndefined();
    expect(await clients.revoke('north', client.id)).toMatchObject({ tenant: 'north' });
    expect(await clients.revoke('north', client.id)).toBeUndefined();
    expect((await gateway.identity.clients.find(client.id))?.revokedAt).toBeInstanceOf(Date);
    await asGateway(async (connection) => {
      const { rows } = await connection.query(`SELECT tenant FROM medserve_client('${client.id}')`);
      expect(rows).toEqual([{ tenant: 'north' }]);
      expect((await connection.query('SELECT id FROM client')).rows).toEqual([]);
      await expect(connection.query('UPDATE client SET revoked_at = NULL')).rejects.toThrow(/permission denied/);
    });
  });

  it('tell of a change in its own commit, and of no change that was not made', async () => {
    const { tenants, clients, issuers } = storage.identity;
    const entry = (subject: string): ActivityEvent => ({
      id: newEventId(),
      schema: 1,
      event: 'client_changed',
      at: new Date().toISOString(),
      tenant: 'west',
      actor: 'operator',
      actorKind: 'service',
      subject,
      outcome: 'success',
    });
    const client = system('west', { certificateSha256: randomBytes(32).toString('hex') });
    const issuer = line('west', { issuer: 'https://west.example' });
    const site = { tenant: 'west', id: 'main', name: 'the main house' };
    const done = [
      await tenants.add('west', 'hospital west', entry('test:1')),
      await tenants.addSite(site, entry('test:2')),
      await tenants.suspend('west', true, entry('test:3')),
      await clients.add(client, entry('test:4')),
      await clients.revoke('west', client.id, entry('test:5')),
      await issuers.add(issuer, entry('test:6')),
    ];
    expect(done).not.toContain(false);
    const notDone = [
      await tenants.add('west', 'again', entry('test:never')),
      await tenants.addSite(site, entry('test:never')),
      await tenants.suspend('west', true, entry('test:never')),
      await clients.add({ ...client, id: randomUUID() }, entry('test:never')),
      (await clients.revoke('west', client.id, entry('test:never'))) !== undefined,
      await issuers.add({ ...issuer, id: randomUUID() }, entry('test:never')),
      (await issuers.remove('south', issuer.id, entry('test:never'))) !== undefined,
    ];
    expect(notDone).toEqual(notDone.map(() => false));
    const told = (await storage.outbox.unsent(100)).map(
      ({ bytes }) => (JSON.parse(bytes.toString()) as ActivityEvent).subject,
    );
    expect(told).toEqual(['test:1', 'test:2', 'test:3', 'test:4', 'test:5', 'test:6']);
  });

  it('take an assertion once, whoever asks and however many at once, and forget it when it has ended', async () => {
    const { assertions } = gateway.identity;
    const use = {
      tenant: 'north',
      client: randomUUID(),
      jtiHash: randomBytes(32),
      until: new Date(Date.now() + 60_000),
    };
    const uses = await Promise.all(Array.from({ length: 8 }, () => assertions.remember(use)));
    expect(uses.filter((isFirst) => isFirst)).toHaveLength(1);
    expect(await assertions.remember({ ...use, client: randomUUID() })).toBe(true);
    const over = { ...use, jtiHash: randomBytes(32), until: new Date(0) };
    expect(await assertions.remember(over)).toBe(true);
    expect(await assertions.remember({ ...use, jtiHash: randomBytes(32) })).toBe(true);
    expect(await assertions.remember(over)).toBe(true);
  });

  it('tell an auditor of the tenant who a person was, and nobody else', async () => {
    const { people } = gateway.identity;
    const person = { tenant: 'north', id: 'u-1', issuer: 'https://id.example', subject: 'Ada' };
    await people.remember(person);
    await people.remember(person);
    expect(await people.find('north', 'u-1')).toEqual(person);
    expect(await people.find('south', 'u-1')).toBeUndefined();
    await withConnection(database.url, async (connection) => {
      await connection.query('SET ROLE medserve_auditor');
      expect((await connection.query('SELECT subject FROM person')).rows).toEqual([]);
      await connection.query(`SET medserve.tenant = '{north}'`);
      expect((await connection.query('SELECT subject FROM person')).rows).toEqual([{ subject: 'Ada' }]);
      await expect(connection.query('DELETE FROM person')).rejects.toThrow(/permission denied/);
    });
  });
});
