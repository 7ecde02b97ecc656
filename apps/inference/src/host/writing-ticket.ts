import { ServingError } from '@medserve/errors';
import { fromRequestClass, type EncodedFrame, type IncomingRequest } from '@medserve/rpc';
import type { Class, SlotsWanted, Waiting } from '@medserve/serving';
import type { WritingDescription } from './describe-writing';

/** A request on its way through the host of a model that writes: waiting, then written, then answered. */
export class WritingTicket implements Waiting, SlotsWanted {
  readonly class: Class;
  readonly tenant: string;
  readonly slots: number;
  readonly maxTokens: number;

  constructor(
    readonly request: IncomingRequest,
    { slots, maxTokens }: WritingDescription,
    readonly resolve: (frame: EncodedFrame) => void,
    readonly reject: (error: ServingError) => void,
  ) {
    this.class = fromRequestClass(request.routing.requestClass);
    this.tenant = request.routing.tenant;
    this.slots = slots;
    this.maxTokens = maxTokens;
  }

  /** Tenants share slots. */
  get cost(): number {
    return this.slots;
  }

  get deadlineAtMs(): number {
    return this.request.deadlineAtMs;
  }

  overloaded(detail: string, data: { limit?: string; retryAfterMs?: number | undefined }): void {
    this.reject(new ServingError('overloaded', detail, data));
  }
}
