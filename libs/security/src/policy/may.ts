import { ServingError } from '@medserve/errors';
import { createMongoAbility, subject, type MongoAbility } from '@casl/ability';
import type { Principal } from '../principal';
import type { Scope } from '../scopes';

/** What is done to an object. */
export type Action = 'read' | 'repeat' | 'revoke';
/** What it is done to. */
export type Kind = 'result' | 'job' | 'record' | 'key';

/** An object of a tenant, as the policy sees it. */
export interface Owned {
  readonly kind: Kind;
  readonly tenant: string;
}

interface Rule {
  readonly scope: Scope;
  readonly action: Action;
  readonly kind: Kind;
}

/** Which scope lets do what to the objects of the own tenant. To those of another tenant nothing does. */
const RULES: readonly Rule[] = [
  { scope: 'infer', action: 'repeat', kind: 'result' },
  { scope: 'result:read', action: 'read', kind: 'result' },
  { scope: 'result:read', action: 'read', kind: 'job' },
  { scope: 'audit:read', action: 'read', kind: 'record' },
  { scope: 'key:manage', action: 'read', kind: 'key' },
  { scope: 'key:manage', action: 'revoke', kind: 'key' },
];

/** A principal is the same object for as long as its proof is remembered. */
const abilities = new WeakMap<Principal, MongoAbility>();

function abilityOf(principal: Principal): MongoAbility {
  const found = abilities.get(principal);
  if (found !== undefined) return found;
  const conditions = { tenant: principal.tenant };
  const rules = RULES.filter(({ scope }) => principal.scopes.has(scope));
  const ability = createMongoAbility(rules.map(({ action, kind }) => ({ action, subject: kind, conditions })));
  abilities.set(principal, ability);
  return ability;
}

/** Whether somebody may do that to this very object. */
export const may = (principal: Principal, action: Action, { kind, tenant }: Owned): boolean =>
  abilityOf(principal).can(action, subject(kind, { tenant }));

/**
 * An object that was found, for who may do that to it. What one may not touch is not there: that it exists is a secret of its
 * tenant.
 *
 * @throws ServingError `not_found`
 */
export function permitted<T extends { readonly tenant: string }>(
  principal: Principal,
  action: Action,
  kind: Kind,
  found: T | undefined,
): T {
  if (found !== undefined && may(principal, action, { kind, tenant: found.tenant })) return found;
  throw new ServingError('not_found', NOT_THERE[kind]);
}

const NOT_THERE: Record<Kind, string> = {
  result: 'There is no request with this id.',
  job: 'There is no request with this id.',
  record: 'There is no request with this id.',
  key: 'There is no key with this id.',
};
