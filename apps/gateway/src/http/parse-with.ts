import { ServingError } from '@medserve/errors';
import type { z } from 'zod';

/** @throws ServingError `invalid_request` naming the first wrong member; its value is not repeated */
export function parseWith<T>(schema: z.ZodType<T>, source: unknown): T {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field = unknown ?? issue?.path.join('.') ?? '';
  throw new ServingError(
    'invalid_request',
    unknown === undefined
      ? `${field === '' ? 'The request' : `"${field.slice(0, 64)}"`}: ${issue?.message ?? 'not valid'}.`
      : `There is no member "${unknown.slice(0, 64)}".`,
    { field: field.slice(0, 128) || undefined },
  );
}
