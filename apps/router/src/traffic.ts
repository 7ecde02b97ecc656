import { CLASSES, type Load } from '@medserve/serving';
import type { ClassName } from '@medserve/rpc';
import type { RouterObserver } from './settings';

const SILENT: RouterObserver = {
  onInFlight: () => undefined,
  onQueue: () => undefined,
  onWaited: () => undefined,
  onRetry: () => undefined,
  onEjection: () => undefined,
  onShed: () => undefined,
  onPools: () => undefined,
  onPoolGone: () => undefined,
  onPoolWaited: () => undefined,
  onPoolEnded: () => undefined,
  onColdRequest: () => undefined,
  onColdStart: () => undefined,
};

/** What is inside the router over all models, and who is told of it. */
export class Traffic {
  readonly observer: RouterObserver;
  inFlight = 0;
  bytes = 0;
  private readonly queued: Record<ClassName, { inFlight: number; bytes: number }> = {
    stat: { inFlight: 0, bytes: 0 },
    urgent: { inFlight: 0, bytes: 0 },
    routine: { inFlight: 0, bytes: 0 },
    research: { inFlight: 0, bytes: 0 },
  };

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
  queue(name: ClassName, change: 1 | -1, bytes: number): void {
    const queued = this.queued[name];
    queued.inFlight += change;
    queued.bytes += change * bytes;
    this.observer.onQueue(name, queued.inFlight);
  }

  /** What would be inside if nothing waited that is less urgent than this. */
  withoutLessUrgentThan(name: ClassName): Load {
    let { inFlight, bytes } = this;
    for (const other of CLASSES.slice(CLASSES.indexOf(name) + 1)) {
      inFlight -= this.queued[other].inFlight;
      bytes -= this.queued[other].bytes;
    }
    return { inFlight, bytes };
  }
}
