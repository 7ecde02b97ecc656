import { ServingError, toServingError } from '@medserve/errors';
import { isId } from '@medserve/events';
import type { Principal } from '@medserve/security';
import type { Activities } from '../activities/activities';
import type { ResultReader } from './result-reader';
import type { StoredResult } from '../infer/ports';
import type { Denials } from '../activities/denials';

/** The way to results for whoever did not ask for them in this very request: who reads one is on record before. */
export class AuditedResults {
  constructor(
    private readonly results: Pick<ResultReader, 'read' | 'exists'>,
    private readonly activities: Pick<Activities, 'tell'>,
    private readonly denials: Pick<Denials, 'of'>,
  ) {}

  /** @throws ServingError as `ResultReader.read`, and `unavailable` where the read cannot be put on record */
  async read(by: Principal, id: string): Promise<StoredResult> {
    const result = await this.ended(by, id);
    await this.activities.tell(by, { event: 'result_read', subject: `result:${id}`, outcome: 'success' });
    return result;
  }

  /**
   * The way to what the log says of a request, however it ended.
   *
   * @throws ServingError `not_found` where the tenant has no such request; `unavailable` where the read cannot be put on record
   */
  async course(by: Principal, id: string): Promise<void> {
    if (!(await this.exists(by, id))) throw new ServingError('not_found', 'There is no request with this id.');
    const facts = { part: 'course' };
    await this.activities.tell(by, { event: 'result_read', subject: `result:${id}`, outcome: 'success', facts });
  }

  /** How a request ended, for whoever is not shown its answer. */
  async ended(by: Principal, id: string): Promise<StoredResult> {
    try {
      return await this.results.read(by.tenant, id);
    } catch (thrown) {
      if (toServingError(thrown).reason === 'not_found') await this.exists(by, id);
      throw thrown;
    }
  }

  /** Another tenant's id is as unknown as one that never was: either is put on record with whoever asked. */
  async exists(by: Principal, id: string): Promise<boolean> {
    if (await this.results.exists(by.tenant, id)) return true;
    if (isId(id)) await this.denials.of(by, { reason: 'not_found', subject: `result:${id}` });
    return false;
  }
}
