import { ServingError } from '@medserve/errors';
import { toldStatus } from '../pools/told-status';

/** The failure that a caller is told of, for an answer other than 200. */
export const refusedRun = (status: number, retryAfter: string | undefined): ServingError =>
  toldStatus(status, retryAfter) ?? new ServingError('inference_failed', 'The model failed on this input.');
