import { ServingError } from '@medserve/errors';
import { ROLES, SCOPES, scopesOf, type Principal, type Role, type Scope } from '@medserve/security';
import { z } from 'zod';
import { oneLine } from '../http/one-line';

const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const DAY_MS = 86_400_000;

/** What a caller says of a key to be made. */
export const newKeySchema = z
  .strictObject({
    label: oneLine(200),
    role: z.enum(Object.keys(ROLES) as [Role, ...Role[]]).optional(),
    scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length).optional(),
    site: word.optional(),
    department: word.optional(),
    days: z.int().min(1).max(3_650).optional(),
  })
  .refine(({ role, scopes }) => role !== undefined || scopes !== undefined, 'it has to say "role", "scopes", or both');

export type NewKey = z.output<typeof newKeySchema>;

/** Keys of one page. */
const PAGE = { usual: 100, most: 1_000 };

/** What stands in the query of `GET /v1/keys`; the cursor is the `next` of the page before. */
export const keyPageSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(PAGE.most).default(PAGE.usual),
  cursor: z.uuid().optional(),
});

export type WantedPage = z.output<typeof keyPageSchema>;

/**
 * The scopes of a key that somebody makes: what was asked for, or all of the role. Nobody gives what they lack themselves, and
 * a role only to who stays within it: records tell the role of whoever asks, so nobody writes another's name into them.
 *
 * @throws ServingError `forbidden`; `invalid_request` for scopes that the role has not
 */
export function scopesFor(maker: Principal, { role, scopes }: Pick<NewKey, 'role' | 'scopes'>): readonly Scope[] {
  const ofRole = role === undefined ? [] : scopesOf(role);
  const wanted = scopes ?? ofRole;
  const foreign = role === undefined ? undefined : wanted.find((scope) => !ofRole.includes(scope));
  if (foreign !== undefined) {
    throw new ServingError('invalid_request', `The role has no scope "${foreign}".`, { field: 'scopes' });
  }
  const lacking = [...new Set([...wanted, ...ofRole])].filter((scope) => !maker.scopes.has(scope));
  if (lacking.length > 0) {
    throw new ServingError('forbidden', `The maker of the key lacks the scope "${lacking.join('", "')}".`, {
      remedy: 'Ask for fewer scopes, or have an operator make the key with "medserve keys create".',
    });
  }
  return [...new Set(wanted)];
}

/** When a key ends that lives for so many days; null: never. */
export const endOf = (days: number | undefined, now: Date): Date | null =>
  days === undefined ? null : new Date(now.getTime() + days * DAY_MS);
