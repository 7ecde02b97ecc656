import { ServingError } from '@medserve/errors';
import { fromRequestClass, type EncodedFrame, type IncomingRequest } from '@medserve/rpc';
import type { BatchCandidate, Class, Waiting } from '@medserve/serving';
import type { RequestDescription } from './describe-request';

/** A request on its way through the host: waiting, then part of a run, then answered. */
export class Ticket implements BatchCandidate, Waiting {
  readonly class: Class;
  readonly tenant: string;
  readonly signature: string;
  readonly rows: number;
  readonly cost: number;

  constructor(
    readonly request: IncomingRequest,
    { signature, rows, cost }: RequestDescription,
    readonly resolve: (frame: EncodedFrame) => void,
    readonly reject: (error: ServingError) => void,
  ) {
    this.class = fromRequestClass(request.routing.requestClass);
    this.tenant = request.routing.tenant;
    this.signature = signature;
    this.rows = rows;
    this.cost = cost;
  }

  get arrivedAtMs(): number {
    return this.request.receivedAtMs;
  }

  get deadlineAtMs(): number {
    return this.request.deadlineAtMs;
  }

  overloaded(detail: string, data: { limit?: string; retryAfterMs?: number | undefined }): void {
    this.reject(new ServingError('overloaded', detail, data));
  }
}
