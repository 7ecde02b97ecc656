import type { Workitems as StoredWorkitems } from '@medserve/storage';

export interface WorkitemPerformerParts {
  readonly store: Pick<StoredWorkitems['store'], 'purge'>;
  readonly orders: Pick<StoredWorkitems['orders'], 'waiting' | 'place'>;
  /** Names of the routes: what this gateway performs. */
  readonly routes: readonly string[];
  /** Called when a study was ordered: the engine need not wait until it looks by itself. */
  readonly ordered: () => void;
  readonly onFailure: (error: unknown) => void;
  readonly now: () => Date;
  readonly pollMs?: number;
}

const POLL_MS = 1_000;
const AT_ONCE = 50;
const PURGE_EVERY_MS = 3_600_000;
const PURGED_AT_ONCE = 1_000;
/** How long a workitem is kept after its end. */
const KEPT_MS = 30 * 86_400_000;

/**
 * Takes the workitems whose label is a route of ours as soon as their study is here, and starts the route on it. Any number of gateways
 * may do so: each workitem is placed once.
 */
export class WorkitemPerformer {
  private readonly ending = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private purgedAtMs = -Infinity;
  private isWanted = false;
  private isRunning = false;

  constructor(private readonly parts: WorkitemPerformerParts) {}

  start(): this {
    this.wake();
    return this;
  }

  /** There may be something to take. */
  wake(): void {
    if (this.ending.signal.aborted) return;
    this.isWanted = true;
    if (!this.isRunning) this.running = this.run();
  }

  async close(): Promise<void> {
    this.ending.abort();
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    clearTimeout(this.timer);
    while (this.isWanted && !this.ending.signal.aborted) {
      this.isWanted = false;
      try {
        await this.take();
        await this.purge();
      } catch (error) {
        this.parts.onFailure(error);
      }
    }
    this.isRunning = false;
    if (this.ending.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.wake();
    }, this.parts.pollMs ?? POLL_MS);
  }

  private async take(): Promise<void> {
    const { orders, routes, ordered } = this.parts;
    if (routes.length === 0) return;
    let hasOrdered = false;
    for (const key of await orders.waiting(routes, AT_ONCE)) {
      const placing = await orders.place(key);
      hasOrdered ||= placing?.do === 'add' || placing?.do === 'begin';
    }
    if (hasOrdered) ordered();
  }

  private async purge(): Promise<void> {
    const now = this.parts.now().getTime();
    if (now - this.purgedAtMs < PURGE_EVERY_MS) return;
    this.purgedAtMs = now;
    await this.parts.store.purge(new Date(now - KEPT_MS), PURGED_AT_ONCE);
  }
}
