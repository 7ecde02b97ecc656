import { ServingError } from '@medserve/errors';
import { z } from 'zod';

const revision = z.int().min(0).max(2_147_483_647).optional();

/** Body of a choice: which version the bare name is to stand for; null: the newest that is served. */
export const newDefaultSchema = z.strictObject({
  version: z
    .string()
    .regex(/^[0-9]{1,18}$/, 'has to be a version: an integer as text')
    .nullable(),
  /** The revision that the caller knows. */
  expected: revision,
});

export const goBackSchema = z.strictObject({ expected: revision });

/**
 * The revision that the caller knows: of the header If-Match (RFC 9110, 13.1.1), whose tags are revisions, or of the body.
 *
 * @returns undefined where it does not matter, as with `*`
 * @throws ServingError `invalid_request` for a tag that no default version has
 */
export function expectedRevision(ifMatch: string | undefined, expected: number | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return expected;
  const [, digits] = /^"(\d{1,10})"$/.exec(ifMatch.trim()) ?? [];
  if (digits !== undefined) return Number(digits);
  throw new ServingError('invalid_request', 'If-Match has to be the tag that GET /v1/models/{name}/default gave.', {
    field: 'If-Match',
  });
}
