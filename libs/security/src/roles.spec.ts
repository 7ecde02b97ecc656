import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROLES, isRole, scopesOf, type Role } from './roles';
import { SCOPES, type Scope } from './scopes';

const roles = Object.keys(ROLES) as Role[];

describe('the roles', () => {
  it('give scopes that there are, once each', () => {
    for (const role of roles) {
      expect(scopesOf(role).filter((scope) => !SCOPES.includes(scope))).toEqual([]);
      expect(new Set(scopesOf(role)).size).toBe(scopesOf(role).length);
    }
    expect(isRole('toString')).toBe(false);
  });

  it.each<[Scope, Scope]>([
    ['model:manage', 'model:promote'],
    ['model:manage', 'audit:read'],
    ['key:manage', 'audit:read'],
    ['result:read', 'key:manage'],
    ['break-glass:request', 'break-glass:approve'],
  ])('keep %s and %s apart', (one, other) => {
    const both = roles.filter((role) => scopesOf(role).includes(one) && scopesOf(role).includes(other));
    expect(both).toEqual([]);
  });

  it('stand in the documents as they are', () => {
    const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'identity.md'), 'utf8');
    const cells = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    for (const role of roles) {
      const scopes = scopesOf(role)
        .map((scope) => `\`${scope}\``)
        .join(', ');
      expect(cells).toContainEqual(['', `\`${role}\``, ROLES[role].who, scopes, '']);
    }
  });
});
