import { ServingError, toServingError } from '@medserve/errors';
import { fromRequestClass, type ClassName, type EncodedFrame, type IncomingRequest } from '@medserve/rpc';
import { failpoint } from '@medserve/runtime/failpoints';
import { admit, type AdmissionLimits } from '@medserve/serving';
import type { Directory, ModelWanted } from './directory';
import type { Fleet } from './fleet';
import type { Pool } from './pool';
import { risingProgress } from './rising-progress';
import type { Traffic } from './traffic';

/** Brings each request to a host that has its model, and the answer back; reads of both only what it routes by. */
export class Dispatcher {
  /** Requests that are not counted any more although they have not been told yet that their place was given away. */
  private readonly evicted = new WeakSet<IncomingRequest>();

  constructor(
    private readonly fleet: Fleet,
    private readonly directory: Directory,
    private readonly traffic: Traffic,
    private readonly limits: AdmissionLimits,
  ) {}

  /** @throws ServingError; what the host itself refused comes back as its own failure frame. */
  async dispatch(incoming: IncomingRequest): Promise<EncodedFrame> {
    const request = risingProgress(incoming);
    const size = request.bytes.byteLength;
    this.admit(request, size);
    this.traffic.enter(size);
    try {
      const pool = this.poolFor(request);
      const held = failpoint('router.dispatch');
      // Otherwise what comes next has to happen at once: places are given in the order of arrival.
      if (held !== undefined) await held;
      return await pool.serve(request).catch((error: unknown) => this.another(pool, request, error));
    } finally {
      if (!this.evicted.has(request)) this.traffic.leave(size);
    }
  }

  /**
   * Has a model loaded for requests to come.
   *
   * @throws ServingError as when one were here
   */
  wake(wanted: ModelWanted): void {
    this.fleet.pool(this.directory.resolve(wanted, this.fleet.complete))?.waiting.wake();
  }

  /** @throws ServingError as the directory, or `unavailable` */
  private poolFor({ routing }: IncomingRequest): Pool {
    const pool = this.fleet.pool(this.directory.resolve(routing, this.fleet.complete));
    if (!pool) throw new ServingError('unavailable', 'No inference pod has the model.');
    return pool;
  }

  /** Who waited for a version that the pods which came do not have any more gets the one that they have, if it named none. */
  private another(pool: Pool, request: IncomingRequest, error: unknown): Promise<EncodedFrame> {
    if (!pool.passesOn(request, toServingError(error).reason)) throw error;
    let next: Pool;
    try {
      next = this.poolFor(request);
      if (next === pool) throw error;
    } catch (refusal) {
      pool.refused(request, toServingError(refusal).reason);
      throw refusal;
    }
    return next.serve(request).catch((again: unknown) => this.another(next, request, again));
  }

  /** A more urgent request gets the places of as many that wait as it needs, of whatever model: of none, if all were too few. */
  private admit({ routing }: IncomingRequest, size: number): void {
    const name = fromRequestClass(routing.requestClass);
    let admission = admit(this.traffic, this.limits, size);
    if (admission.kind === 'admitted') return;
    const atMost = admit(this.traffic.withoutLessUrgentThan(name), this.limits, size);
    while (atMost.kind === 'admitted' && this.evictLessUrgentThan(name)) {
      admission = admit(this.traffic, this.limits, size);
      if (admission.kind === 'admitted') return;
    }
    this.traffic.observer.onShed('full');
    throw new ServingError('overloaded', 'All places in the router are taken.', { limit: admission.limit });
  }

  private evictLessUrgentThan(name: ClassName): boolean {
    for (const pool of this.fleet.crowded()) {
      const request = pool.waiting.evictLessUrgentThan(name);
      if (!request) continue;
      this.evicted.add(request);
      this.traffic.leave(request.bytes.byteLength);
      return true;
    }
    return false;
  }
}
