import type { ServingError } from '@medserve/errors';
import { fromRequestClass, type ClassName, type IncomingRequest } from '@medserve/rpc';
import type { Seat } from './seat';

/* The host says 20 when it has the request; what happens in the router before stays below, so that no percent goes down. */
const FIRST_PERCENT = 2;
const LAST_PERCENT = 19;

/** A request that waits for a replica; as the queue sees it, a share of its tenant's. */
export class Waiting {
  readonly class: ClassName;
  readonly tenant: string;
  readonly deadlineAtMs: number;
  /** Rows are not read here: every request counts the same. */
  readonly cost = 1;
  readonly seat: Promise<Seat>;
  private resolve!: (seat: Seat) => void;
  private reject!: (error: ServingError) => void;

  /** @param onLeave called when the caller or its deadline takes the request away */
  constructor(
    readonly request: IncomingRequest,
    private readonly onLeave: (waiting: Waiting) => void,
  ) {
    const { routing, deadlineAtMs, signal } = request;
    this.class = fromRequestClass(routing.requestClass);
    this.tenant = routing.tenant;
    this.deadlineAtMs = deadlineAtMs;
    this.seat = new Promise<Seat>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    signal.addEventListener('abort', this.leave, { once: true });
  }

  grant(seat: Seat): void {
    this.request.signal.removeEventListener('abort', this.leave);
    this.resolve(seat);
  }

  refuse(error: ServingError): void {
    this.request.signal.removeEventListener('abort', this.leave);
    this.reject(error);
  }

  /** @param percent of the phase, 0 to 99 */
  tell(phase: 'queued' | 'loading', percent: number, expectedMs: number): void {
    const shown = FIRST_PERCENT + Math.floor(((LAST_PERCENT - FIRST_PERCENT) * percent) / 100);
    this.request.progress(phase, shown, expectedMs);
  }

  private readonly leave = (): void => {
    this.onLeave(this);
    this.reject(this.request.signal.reason as ServingError);
  };
}
