import { PURPOSES } from '@medserve/events';
import { ServingError } from '@medserve/errors';
import type { JWTPayload } from 'jose';
import type { Principal, PurposeOfUse } from '../principal';
import { isRole, scopesOf, type Role } from '../roles';
import { SCOPES, type Scope } from '../scopes';
import { claimAt, clientOf, wordsOf } from './claim';
import type { TrustedIssuer } from './issuer';
import type { PersonIds } from './person';

/** A word of the records; names of departments have to be such. */
const WORD = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/;
const LONGEST_SUBJECT = 255;

/** Breaking the glass is two people's decision here, and no claim's. */
const TOKEN_PURPOSES: ReadonlySet<string> = new Set(PURPOSES.filter((purpose) => purpose !== 'BTG'));

/**
 * Who a proven token stands for. What it says beside its subject counts where the issuer's line names the claim, and only as
 * one of the known words: a token that says anything else is refused, so that records never guess.
 *
 * @throws ServingError `unauthenticated`, which says what is not known here
 */
export function principalOfToken(line: TrustedIssuer, claims: JWTPayload, people: PersonIds): Principal {
  const { sub } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > LONGEST_SUBJECT) throw unknown('subject');
  const roles = rolesOf(line, claims);
  const isClient = sub === clientOf(claims);
  const site = oneOf(line, claims, 'site', (value) => line.sites.includes(value));
  const department = oneOf(line, claims, 'department', (value) =>
    line.departments === null ? WORD.test(value) : line.departments.includes(value),
  );
  const purpose = oneOf(line, claims, 'purpose', (value) => TOKEN_PURPOSES.has(value)) as PurposeOfUse | undefined;
  const [role] = roles;
  return {
    id: people.idOf(isClient ? 'c' : 'u', line.issuer, sub),
    kind: isClient ? 'client' : 'user',
    tenant: line.tenant,
    ...(site === undefined ? {} : { site }),
    ...(department === undefined ? {} : { department }),
    ...(role === undefined ? {} : { role }),
    ...(purpose === undefined ? {} : { purpose }),
    scopes: allowed([...scopeWords(claims), ...roles.flatMap(scopesOf)], line.scopes),
  };
}

/** What of the wanted scopes there is and may be given. */
export function allowed(wanted: readonly string[], ceiling: readonly string[]): ReadonlySet<Scope> {
  const asked = new Set(wanted);
  return new Set(SCOPES.filter((scope) => asked.has(scope) && ceiling.includes(scope)));
}

/** Providers write them as `scope`, one text, or as `scp`, a text or a list. */
export const scopeWords = ({ scope, scp }: JWTPayload): string[] => [...wordsOf(scope), ...wordsOf(scp)];

/** The provider has many words for roles; those that mean none of ours mean nothing here. */
function rolesOf({ claims: names, roles }: TrustedIssuer, claims: JWTPayload): Role[] {
  if (names.role === undefined) return [];
  const value = claimAt(claims, names.role);
  // A provider with one role to tell may send a text in place of a list: names of groups have spaces in them.
  const words = typeof value === 'string' && Object.hasOwn(roles, value) ? [value] : wordsOf(value);
  return words
    .map((word) => (Object.hasOwn(roles, word) ? roles[word] : word))
    .filter((word) => word !== undefined)
    .filter(isRole);
}

function oneOf(
  line: TrustedIssuer,
  claims: JWTPayload,
  what: 'site' | 'department' | 'purpose',
  isKnown: (value: string) => boolean,
): string | undefined {
  const name = line.claims[what];
  const value = name === undefined ? undefined : claimAt(claims, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !isKnown(value)) throw unknown(what);
  return value;
}

const unknown = (what: string): ServingError =>
  new ServingError('unauthenticated', `The token names a ${what} that is not known here.`, {
    remedy: 'Ask the operator to compare the claims of the issuer with "medserve issuers list".',
  });
