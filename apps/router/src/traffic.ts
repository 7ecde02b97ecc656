import { CLASSES } from '@medserve/serving';
import type { ClassName } from '@medserve/rpc';
import type { RouterObserver } from './settings';

const SILENT: RouterObserver = {
  onInFlight: () => undefined,
  onQueue: () => undefined,
  onWaited: () => undefined,
  onRetry: () => undefined,
  onEjection: () => undefined,
  onShed: () => undefined,
};

/** What is inside the router over all models, and who is told of it. */
export class Traffic {
  readonly observer: RouterObserver;
  inFlight = 0;
  bytes = 0;
  private readonly queued: Record<ClassName, number> = { stat: 0, urgent: 0, routine: 0, research: 0 };

  constructor(observer: Partial<RouterObserver> = {}) {
    this.observer = { ...SILENT, ...observer };
  }

  enter(bytes: number): void {
    this.inFlight += 1;
    this.bytes += bytes;
    this.observer.onInFlight(this.inFlight);
  }

  leave(bytes: number): void {
    this.inFlight -= 1;
    this.bytes -= bytes;
    this.observer.onInFlight(this.inFlight);
  }

  /** One more, or one fewer, waits. */
  queue(name: ClassName, change: 1 | -1): void {
    this.queued[name] += change;
    this.observer.onQueue(name, this.queued[name]);
  }

  /** Whether anything waits that is less urgent than this. */
  hasLessUrgentThan(name: ClassName): boolean {
    return CLASSES.slice(CLASSES.indexOf(name) + 1).some((other) => this.queued[other] > 0);
  }
}
