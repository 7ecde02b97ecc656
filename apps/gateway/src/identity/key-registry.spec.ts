import type { ActivityEvent } from '@medserve/events';
import { SCOPES, type Principal, type Scope } from '@medserve/security';
import type { ApiKey, NewApiKey } from '@medserve/storage';
import type { FastifyRequest } from 'fastify';
import { Activities } from '../activities/activities';
import { readJson } from '../http/json-body';
import { KeyRegistry } from './key-registry';
import { newKeySchema } from './new-key';

const maker = (tenant: string, scopes: readonly Scope[] = SCOPES): Principal => ({
  id: 'admin',
  kind: 'user',
  tenant,
  scopes: new Set(scopes),
});

function setUp() {
  const kept: ApiKey[] = [];
  const told: ActivityEvent[] = [];
  const state = { isDatabaseAway: false };
  const commit = (entry: ActivityEvent | undefined): void => {
    if (state.isDatabaseAway) throw new Error('away');
    if (entry !== undefined) told.push(entry);
  };
  const registry = new KeyRegistry({
    keys: {
      create: async (key: NewApiKey, entry) => {
        commit(entry);
        const place = { site: key.site ?? null, department: key.department ?? null, role: key.role ?? null };
        kept.push({ ...key, ...place, createdAt: new Date(0), revokedAt: null });
        return Promise.resolve();
      },
      page: (tenant, { limit, after }) => {
        const own = kept.filter((key) => key.tenant === tenant);
        const from = after === undefined ? 0 : own.findIndex(({ id }) => id === after) + 1;
        return Promise.resolve(own.slice(from, from + limit));
      },
      find: (tenant, id) => Promise.resolve(kept.find((key) => key.tenant === tenant && key.id === id)),
      revoke: async (tenant, id, entry) => {
        const at = kept.findIndex((key) => key.id === id && key.tenant === tenant);
        const key = kept[at];
        if (key === undefined) return Promise.resolve(false);
        commit(entry);
        kept[at] = { ...key, revokedAt: new Date(0) };
        return Promise.resolve(true);
      },
    },
    sites: { sitesOf: (tenant) => Promise.resolve(tenant === 'north' ? [{ tenant, id: 'main', name: 'Main' }] : []) },
    activities: new Activities(
      { record: () => Promise.reject(new Error('nothing is told by itself')) },
      { check: () => undefined },
      () => new Date(0),
    ),
    pepper: Buffer.alloc(32),
    now: () => new Date(0),
  });
  return { registry, kept, told, state };
}

const PAGE = { limit: 100 };

describe('KeyRegistry', () => {
  it("makes a key of the maker's tenant, and tells who made it in the same commit", async () => {
    const { registry, kept, told, state } = setUp();
    const wanted = { label: 'CT 2', role: 'device', site: 'main', days: 30 } as const;
    const { key, shown } = await registry.create(maker('north'), wanted);
    expect(kept).toMatchObject([{ tenant: 'north', scopes: ['infer'], expiresAt: new Date(30 * 86_400_000) }]);
    expect(key).toContain(shown.prefix);
    expect(JSON.stringify(shown)).not.toContain('hash');
    expect(told).toMatchObject([{ event: 'key_created', tenant: 'north', actor: 'admin', subject: `key:${shown.id}` }]);
    state.isDatabaseAway = true;
    await expect(registry.create(maker('north'), wanted)).rejects.toThrow();
  });

  it('gives nobody a scope that they lack, by name or by role', async () => {
    const { registry, kept } = setUp();
    const admin = maker('north', ['key:manage', 'infer']);
    for (const wanted of [{ scopes: ['infer', 'audit:read'] as Scope[] }, { role: 'auditor' as const }]) {
      await expect(registry.create(admin, { label: 'x', ...wanted })).rejects.toMatchObject({ reason: 'forbidden' });
    }
    expect(kept).toEqual([]);
  });

  it('gives a role to who stays within it, and only where the maker has all of it: records tell the role', async () => {
    const { registry, kept } = setUp();
    const wanted = { label: 'x', role: 'auditor', scopes: ['infer'] } as const;
    await expect(registry.create(maker('north'), { ...wanted, scopes: ['infer'] })).rejects.toMatchObject({
      reason: 'invalid_request',
      field: 'scopes',
    });
    const few = maker('north', ['key:manage', 'audit:read']);
    await expect(registry.create(few, { ...wanted, scopes: ['audit:read'] })).rejects.toMatchObject({
      reason: 'forbidden',
    });
    await registry.create(maker('north'), { ...wanted, scopes: ['audit:read'] });
    expect(kept).toMatchObject([{ role: 'auditor', scopes: ['audit:read'] }]);
  });

  it('shows the keys in pages, and where the next begins', async () => {
    const { registry, kept } = setUp();
    for (let count = 0; count < 3; count += 1) await registry.create(maker('north'), { label: 'x', role: 'device' });
    const first = await registry.list(maker('north'), { limit: 2 });
    expect(first.next).toBe(kept[1]?.id);
    const rest = await registry.list(maker('north'), { limit: 2, cursor: first.next ?? '' });
    expect([...first.keys, ...rest.keys].map(({ id }) => id)).toEqual(kept.map(({ id }) => id));
    expect(rest.next).toBeNull();
  });

  it('asks nobody for what is no id', async () => {
    const { registry } = setUp();
    await expect(registry.revoke(maker('north'), 'x\0')).rejects.toMatchObject({ reason: 'not_found' });
  });

  it("knows the sites of the maker's tenant only", async () => {
    const { registry } = setUp();
    const wanted = { label: 'x', role: 'device', site: 'main' } as const;
    await expect(registry.create(maker('south'), wanted)).rejects.toMatchObject({ field: 'site' });
  });

  it("lists and revokes the tenant's own keys; those of others are not there", async () => {
    const { registry, told, state } = setUp();
    const { shown } = await registry.create(maker('north'), { label: 'x', role: 'device' });
    expect(await registry.list(maker('south'), PAGE)).toEqual({ keys: [], next: null });
    await expect(registry.revoke(maker('south'), shown.id)).rejects.toMatchObject({ reason: 'not_found' });
    state.isDatabaseAway = true;
    await expect(registry.revoke(maker('north'), shown.id)).rejects.toThrow('away');
    expect(await registry.list(maker('north'), PAGE)).toMatchObject({ keys: [{ state: 'valid' }] });
    state.isDatabaseAway = false;
    await registry.revoke(maker('north'), shown.id);
    expect(await registry.list(maker('north'), PAGE)).toMatchObject({ keys: [{ state: 'revoked' }] });
    await expect(registry.revoke(maker('north'), shown.id)).rejects.toMatchObject({ reason: 'not_found' });
    expect(told.map(({ event }) => event)).toEqual(['key_created', 'key_revoked']);
  });
});

describe('what a caller says of a new key', () => {
  const read = (text: string) => readJson({ body: Buffer.from(text) } as FastifyRequest, newKeySchema);
  const parse = (value: unknown) => read(JSON.stringify(value));

  it('needs a label, and a role or scopes', () => {
    expect(parse({ label: 'x', role: 'device' })).toEqual({ label: 'x', role: 'device' });
    expect(parse({ label: 'x', scopes: ['infer'] })).toEqual({ label: 'x', scopes: ['infer'] });
  });

  it.each([
    {},
    { label: 'x' },
    { role: 'device' },
    { label: '', role: 'device' },
    { label: 'a\u0000b', role: 'device' },
    { label: 'a\nb', role: 'device' },
    { label: 'x', role: 'root' },
    { label: 'x', role: '__proto__' },
    { label: 'x', scopes: [] },
    { label: 'x', scopes: ['everything'] },
    { label: 'x', role: 'device', tenant: 'south' },
    { label: 'x', role: 'device', days: 0 },
    { label: 'x', role: 'device', days: 1.5 },
    { label: 'x', role: 'device', site: '../main' },
    null,
    [],
  ])('is refused as %j', (value) => {
    expect(() => parse(value)).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
  });

  it('is not read where it is long', () => {
    const long = JSON.stringify({ label: 'x', role: 'device' }).padEnd(65 * 1_024);
    expect(() => read(long)).toThrow(expect.objectContaining({ reason: 'too_large' }) as Error);
  });
});
