import { ServingError } from '@medserve/errors';
import { fromRequestClass, type EncodedFrame, type IncomingRequest } from '@medserve/rpc';
import { admit, type AdmissionLimits } from '@medserve/serving';
import type { Directory, ModelWanted } from './directory';
import type { Fleet } from './fleet';
import type { Traffic } from './traffic';

/** Brings each request to a host that has its model, and the answer back; reads of both only what it routes by. */
export class Dispatcher {
  constructor(
    private readonly fleet: Fleet,
    private readonly directory: Directory,
    private readonly traffic: Traffic,
    private readonly limits: AdmissionLimits,
  ) {}

  /** @throws ServingError; what the host itself refused comes back as its own failure frame. */
  async dispatch(request: IncomingRequest): Promise<EncodedFrame> {
    const size = request.bytes.byteLength;
    this.admit(request, size);
    this.traffic.enter(size);
    try {
      const pool = this.fleet.pool(this.directory.resolve(request.routing, this.fleet.complete));
      if (!pool) throw new ServingError('unavailable', 'No inference pod has the model.');
      return await pool.serve(request);
    } finally {
      this.traffic.leave(size);
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

  /** A more urgent request gets the place of one that waits, of whatever model. */
  private admit({ routing }: IncomingRequest, size: number): void {
    const admission = admit(this.traffic, this.limits, size);
    if (admission.kind === 'admitted') return;
    const name = fromRequestClass(routing.requestClass);
    if (this.traffic.hasLessUrgentThan(name)) {
      for (const pool of this.fleet.crowded()) if (pool.waiting.evictLessUrgentThan(name)) return;
    }
    this.traffic.observer.onShed('full');
    throw new ServingError('overloaded', 'All places in the router are taken.', { limit: admission.limit });
  }
}
