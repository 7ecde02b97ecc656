import type { ActivityEvent } from '@medserve/events';
import { SCOPES, type Principal, type Scope } from '@medserve/security';
import type { ApiKey, NewApiKey } from '@medserve/storage';
import { Activities } from '../activities/activities';
import { KeyRegistry } from './key-registry';
import { parseNewKey } from './new-key';

const maker = (tenant: string, scopes: readonly Scope[] = SCOPES): Principal => ({
  id: 'admin',
  kind: 'user',
  tenant,
  scopes: new Set(scopes),
});

function setUp() {
  const kept: ApiKey[] = [];
  const told: ActivityEvent[] = [];
  const state = { isLedgerAway: false };
  const record = (event: ActivityEvent): Promise<void> => {
    if (state.isLedgerAway) return Promise.reject(new Error('away'));
    told.push(event);
    return Promise.resolve();
  };
  const registry = new KeyRegistry({
    keys: {
      insert: (key: NewApiKey) => {
        const place = { site: key.site ?? null, department: key.department ?? null, role: key.role ?? null };
        kept.push({ ...key, ...place, createdAt: new Date(0), revokedAt: null });
        return Promise.resolve();
      },
      list: (tenant) => Promise.resolve(kept.filter((key) => key.tenant === tenant)),
      revoke: (id, tenant) => {
        const at = kept.findIndex((key) => key.id === id && key.tenant === tenant);
        const key = kept[at];
        if (key !== undefined) kept[at] = { ...key, revokedAt: new Date(0) };
        return Promise.resolve(key !== undefined);
      },
    },
    sites: { sitesOf: (tenant) => Promise.resolve(tenant === 'north' ? [{ tenant, id: 'main', name: 'Main' }] : []) },
    activities: new Activities({ record }, () => new Date(0)),
    pepper: Buffer.alloc(32),
    now: () => new Date(0),
  });
  return { registry, kept, told, state };
}

describe('KeyRegistry', () => {
  it("makes a key of the maker's tenant, and tells who made it before anybody sees it", async () => {
    const { registry, kept, told, state } = setUp();
    const wanted = { label: 'CT 2', role: 'device', site: 'main', days: 30 } as const;
    const { key, shown } = await registry.create(maker('north'), wanted);
    expect(kept).toMatchObject([{ tenant: 'north', scopes: ['infer'], expiresAt: new Date(30 * 86_400_000) }]);
    expect(key).toContain(shown.prefix);
    expect(JSON.stringify(shown)).not.toContain('hash');
    expect(told).toMatchObject([{ event: 'key_created', tenant: 'north', actor: 'admin', subject: `key:${shown.id}` }]);
    state.isLedgerAway = true;
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

  it("knows the sites of the maker's tenant only", async () => {
    const { registry } = setUp();
    const wanted = { label: 'x', role: 'device', site: 'main' } as const;
    await expect(registry.create(maker('south'), wanted)).rejects.toMatchObject({ field: 'site' });
  });

  it("lists and revokes the tenant's own keys; those of others are not there", async () => {
    const { registry, told, state } = setUp();
    const { shown } = await registry.create(maker('north'), { label: 'x', role: 'device' });
    expect(await registry.list(maker('south'))).toEqual([]);
    await expect(registry.revoke(maker('south'), shown.id)).rejects.toMatchObject({ reason: 'not_found' });
    state.isLedgerAway = true;
    await expect(registry.revoke(maker('north'), shown.id)).rejects.toThrow('away');
    expect(await registry.list(maker('north'))).toMatchObject([{ state: 'valid' }]);
    state.isLedgerAway = false;
    await registry.revoke(maker('north'), shown.id);
    expect(await registry.list(maker('north'))).toMatchObject([{ state: 'revoked' }]);
    await expect(registry.revoke(maker('north'), shown.id)).rejects.toMatchObject({ reason: 'not_found' });
    expect(told.map(({ event }) => event)).toEqual(['key_created', 'key_revoked']);
  });
});

describe('what a caller says of a new key', () => {
  const parse = (value: unknown) => parseNewKey(Buffer.from(JSON.stringify(value)));

  it('needs a label, and a role or scopes', () => {
    expect(parse({ label: 'x', role: 'device' })).toEqual({ label: 'x', role: 'device' });
    expect(parse({ label: 'x', scopes: ['infer'] })).toEqual({ label: 'x', scopes: ['infer'] });
  });

  it.each([
    {},
    { label: 'x' },
    { role: 'device' },
    { label: '', role: 'device' },
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
});
