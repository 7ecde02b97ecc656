import type { ServingError } from '@medserve/errors';
import { fromRequestClass, type ClassName, type IncomingRequest } from '@medserve/rpc';
import type { Seat } from './seat';

/* The host says 20 when it has the request; what happens in the router before stays below, so that no percent goes down. */
const FIRST_PERCENT = 2;
const LAST_PERCENT = 19;

const MOST_TIMER_MS = 2 ** 31 - 1;

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
  private patience: NodeJS.Timeout | undefined;

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

  /** Calls `onOver` when it has waited so long from the first call on, if it waits still; longer than a timer can be is for ever. */
  atMost(forMs: number, onOver: (waiting: Waiting) => void): void {
    if (forMs > MOST_TIMER_MS) return;
    this.patience ??= setTimeout(() => {
      this.patience = undefined;
      onOver(this);
    }, forMs);
  }

  grant(seat: Seat): void {
    this.end();
    this.resolve(seat);
  }

  refuse(error: ServingError): void {
    this.end();
    this.reject(error);
  }

  /** @param percent of the phase, 0 to 99 */
  tell(phase: 'queued' | 'loading', percent: number, expectedMs: number): void {
    const shown = FIRST_PERCENT + Math.floor(((LAST_PERCENT - FIRST_PERCENT) * percent) / 100);
    this.request.progress(phase, shown, expectedMs);
  }

  private end(): void {
    clearTimeout(this.patience);
    this.request.signal.removeEventListener('abort', this.leave);
  }

  private readonly leave = (): void => {
    clearTimeout(this.patience);
    this.onLeave(this);
    this.reject(this.request.signal.reason as ServingError);
  };
}
