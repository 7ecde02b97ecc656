import { ServingError } from '@medserve/errors';
import { isRole, ROLES, SCOPES, scopesOf, type Principal, type Role, type Scope } from '@medserve/security';
import { z } from 'zod';

const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const DAY_MS = 86_400_000;

/** What a caller says of a key to be made. */
export const newKeySchema = z
  .strictObject({
    label: z.string().min(1).max(200),
    role: z.enum(Object.keys(ROLES) as [Role, ...Role[]]).optional(),
    scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length).optional(),
    site: word.optional(),
    department: word.optional(),
    days: z.int().min(1).max(3_650).optional(),
  })
  .refine(({ role, scopes }) => role !== undefined || scopes !== undefined);

export type NewKey = z.output<typeof newKeySchema>;

/** @throws ServingError `invalid_request` */
export function parseNewKey(body: unknown): NewKey {
  try {
    return newKeySchema.parse(JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : ''));
  } catch (cause) {
    throw new ServingError('invalid_request', 'The body has to be JSON with "label", and "role", "scopes", or both.', {
      cause,
    });
  }
}

/**
 * The scopes of a key that somebody makes: what was asked for, or all of the role. Nobody gives what they lack themselves.
 *
 * @throws ServingError `forbidden`
 */
export function scopesFor(maker: Principal, { role, scopes }: Pick<NewKey, 'role' | 'scopes'>): readonly Scope[] {
  const wanted = scopes ?? (role !== undefined && isRole(role) ? scopesOf(role) : []);
  const lacking = wanted.filter((scope) => !maker.scopes.has(scope));
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
