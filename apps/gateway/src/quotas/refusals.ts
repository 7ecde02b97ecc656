import { ServingError } from '@medserve/errors';
import { limitText, type BindingQuota } from '@medserve/serving';

export const exceeded = (quota: BindingQuota, retryAfterMs: number): ServingError =>
  new ServingError('quota_exceeded', `The quota "${quota.name}" is used up.`, {
    limit: limitText(quota),
    retryAfterMs,
  });

/** One request that costs more than a whole window has: waiting does not help. */
export const costsTooMuch = (quota: BindingQuota): ServingError =>
  new ServingError('too_large', `The request costs more than the quota "${quota.name}" has.`, {
    limit: limitText(quota),
  });

export const notKnown = (cause?: unknown): ServingError =>
  new ServingError('unavailable', 'Whether the quota allows the request is not known now.', { cause });
