import { ServingError } from '@medserve/errors';
import { USAGE_DIMENSIONS, usageTime, type UsageQuestion } from '@medserve/storage';
import { z } from 'zod';

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 400;
/** The last hour whose end has a year of four digits. */
const LATEST_MS = Date.UTC(9_999, 11, 31, 23);
/** Rows of one answer. */
export const USAGE_ROWS = 10_000;

const instant = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .transform((text) => new Date(text))
  // A database knows no year 0, nor one of five digits as it is spelled here.
  .refine((date) => date.getTime() >= 0 && date.getTime() <= LATEST_MS);
const dimensions = z
  .string()
  .max(100)
  .transform((text) => [...new Set(text.split(',').filter((word) => word !== ''))])
  .pipe(z.array(z.enum(USAGE_DIMENSIONS)));

const schema = z.strictObject({
  from: instant.optional(),
  to: instant.optional(),
  by: dimensions.default(['model']),
  format: z.enum(['json', 'csv']).default('json'),
});

export interface UsageWish {
  readonly question: UsageQuestion;
  readonly format: 'json' | 'csv';
}

/**
 * What `GET /v1/usage` asks: by default the last 30 days, by model; of hours asked for in part the whole.
 *
 * @throws ServingError `invalid_request` naming the parameter
 */
export function parseUsageQuestion(query: unknown, tenant: string, nowMs: number): UsageWish {
  const parsed = schema.safeParse(query);
  if (!parsed.success) {
    const { path } = parsed.error.issues[0] ?? { path: [] };
    throw new ServingError('invalid_request', 'The question after usage is not well formed.', {
      field: path.map(String).join('.') || undefined,
      remedy: `"from" and "to" are dates or instants of ISO 8601, "by" a list of ${USAGE_DIMENSIONS.join(', ')}, "format" json or csv.`,
    });
  }
  const { from, to = new Date(nowMs), by, format } = parsed.data;
  if (from !== undefined && (from >= to || to.getTime() - from.getTime() > LONGEST_DAYS * DAY_MS)) {
    throw new ServingError('invalid_request', 'The time is empty or too long.', {
      field: 'from',
      limit: `time: ${String(LONGEST_DAYS)} days`,
    });
  }
  return { question: { tenant, ...usageTime(from, to), by, limit: USAGE_ROWS }, format };
}
