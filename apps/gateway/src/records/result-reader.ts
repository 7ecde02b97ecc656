import { ServingError, toServingError } from '@medserve/errors';
import { isId } from '@medserve/events';
import type { Records, StoredResult } from '../infer/ports';

/** Finds what requests ended in, for their own tenant only: another tenant's id is as unknown as one that never was. */
export class ResultReader {
  constructor(private readonly records: Pick<Records, 'find'>) {}

  /** @throws ServingError `not_found` where the tenant has no such request, or it has not ended, or nothing is kept of it; `result_shredded`; `internal` where what is stored is not what was recorded */
  async read(tenant: string, id: string): Promise<StoredResult> {
    const found = isId(id) ? await this.records.find(tenant, id.toLowerCase()) : undefined;
    if (found === undefined) throw new ServingError('not_found', 'There is no request with this id.');
    const { status } = found;
    if (found.result !== undefined)
      return status === 'failed' || status === 'cancelled' ? { ...found.result, status } : found.result;
    if (status === 'abandoned') {
      throw new ServingError('not_found', 'The request was abandoned: the gateway that ran it died.', {
        remedy: 'Send the request again; GET /v1/audit/{id} shows its record.',
      });
    }
    if (status === 'accepted') {
      throw new ServingError('not_found', 'The request is still running.', {
        remedy: 'Watch GET /v1/jobs/{id}/events, or ask again in a second.',
        retryAfterMs: 1000,
      });
    }
    throw new ServingError('not_found', 'What the request ended in is not on record any more.');
  }

  /** Also of a request whose answer was destroyed. */
  async exists(tenant: string, id: string): Promise<boolean> {
    if (!isId(id)) return false;
    try {
      return (await this.records.find(tenant, id.toLowerCase())) !== undefined;
    } catch (error) {
      if (toServingError(error).reason === 'result_shredded') return true;
      throw error;
    }
  }
}
