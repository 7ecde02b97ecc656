import type { Principal } from '../principal';
import { SCOPES } from '../scopes';
import { may, permitted, type Action, type Kind } from './may';

const principal = (tenant: string, scopes: readonly string[] = SCOPES): Principal => ({
  id: 'k',
  kind: 'key',
  tenant,
  scopes: new Set(scopes) as Principal['scopes'],
});

const DEEDS: [Action, Kind, string][] = [
  ['repeat', 'result', 'infer'],
  ['read', 'result', 'result:read'],
  ['read', 'job', 'result:read'],
  ['read', 'record', 'audit:read'],
  ['read', 'key', 'key:manage'],
  ['revoke', 'key', 'key:manage'],
];

describe('the policy', () => {
  it.each(DEEDS)('lets %s a %s who has %s, of the own tenant only', (action, kind, scope) => {
    const who = principal('north', [scope]);
    expect(may(who, action, { kind, tenant: 'north' })).toBe(true);
    for (const tenant of ['south', '', 'North', 'north ', 'north,south', '*']) {
      expect(may(principal('north'), action, { kind, tenant })).toBe(false);
    }
    const others = SCOPES.filter((one) => one !== scope);
    expect(may(principal('north', others), action, { kind, tenant: 'north' })).toBe(false);
  });

  it('lets nobody do what no rule names', () => {
    expect(may(principal('north'), 'revoke', { kind: 'result', tenant: 'north' })).toBe(false);
    expect(may(principal('north'), 'manage' as Action, { kind: 'result', tenant: 'north' })).toBe(false);
    expect(may(principal('north'), 'read', { kind: 'all' as Kind, tenant: 'north' })).toBe(false);
  });

  it("tells another tenant's object in the words of one that is not there", () => {
    const texts = [{ tenant: 'south' }, undefined].map((found) => {
      try {
        return permitted(principal('north'), 'read', 'result', found);
      } catch (error) {
        return String(error);
      }
    });
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).toContain('There is no request with this id.');
    const mine = { tenant: 'north', percent: 3 };
    expect(permitted(principal('north'), 'read', 'job', mine)).toBe(mine);
  });
});
