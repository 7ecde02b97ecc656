import { toServingError } from '@medserve/errors';
import { PodClient, type CatalogueEntry, type Link, type ModelLoad, type Watch } from '@medserve/rpc';
import type { Logger } from '@medserve/runtime';
import { hashText } from '@medserve/serving';
import type { Orders } from './orders';

const REPLAY_DEADLINE_MS = 600_000;
/** How long a pod that said that it ends is waited for: it, or another in its place, is expected back. */
const EXPECTED_BACK_MS = 30_000;

/** An order that is said again. */
interface Replay {
  hasBegun: boolean;
}

export interface OrderOptions {
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/** One pod: what it says that it has, less what it has not been told yet. */
export class Member {
  readonly client: PodClient;
  readonly hash: number;
  reachable = false;
  /** Whether it said that it is about to end: nothing new is sent there. Holds until it is heard to say otherwise. */
  draining = false;
  models: readonly CatalogueEntry[] = [];
  /** What it had when it began to end, as long as it is expected back. */
  expected: readonly CatalogueEntry[] = [];
  private expiry: NodeJS.Timeout | undefined;
  private heard: readonly CatalogueEntry[] = [];
  /** By model, the last order that is said again: until it was, what the pod has of the model is not what was ordered. */
  private readonly withheld = new Map<string, Replay>();
  private readonly watching: Watch;

  constructor(
    readonly address: string,
    private readonly orders: Orders,
    private readonly logger: Logger,
    private readonly onChange: () => void,
    /** For the pod's agent and for its hosts; undefined: without TLS. */
    readonly link?: Link,
  ) {
    this.hash = hashText(address);
    this.client = new PodClient(address, link);
    this.watching = this.client.watch((told) => {
      const isBack = told !== undefined && !this.reachable;
      this.reachable = told !== undefined;
      this.noteDraining(told?.draining);
      this.heard = told?.models ?? [];
      if (isBack) for (const name of orders.namesFor(this.heard)) void this.replay(name);
      this.changed();
    });
  }

  /** Whether what it has is known: it can be heard, and has heard what was ordered while it was away. */
  get settled(): boolean {
    return this.reachable && this.withheld.size === 0;
  }

  has(name: string): boolean {
    return this.heard.some((entry) => entry.name === name);
  }

  load(load: ModelLoad, options: OrderOptions): Promise<void> {
    return this.client.load(load, options);
  }

  unload(name: string, options: OrderOptions): Promise<void> {
    return this.client.unload(name, options);
  }

  /** Reads anew what of the pod's models is to be served: an order was given. */
  changed(): void {
    this.models = this.draining ? [] : this.served();
    this.onChange();
  }

  close(): void {
    clearTimeout(this.expiry);
    this.watching.close();
    this.client.close();
  }

  private served(): readonly CatalogueEntry[] {
    return this.heard
      .filter(({ name }) => !this.withheld.has(name) || this.orders.isUnloaded(name))
      .map((entry) => (this.orders.isUnloaded(entry.name) ? { ...entry, state: 'unloaded' as const } : entry));
  }

  /** @param draining as it says; absent: it cannot be heard */
  private noteDraining(draining: boolean | undefined): void {
    if (draining === undefined) {
      if (!this.draining) return;
      this.expiry ??= setTimeout(() => {
        this.expected = [];
        this.onChange();
      }, EXPECTED_BACK_MS).unref();
      return;
    }
    clearTimeout(this.expiry);
    this.expiry = undefined;
    if (draining && !this.draining) this.expected = this.models;
    else if (!draining) this.expected = [];
    this.draining = draining;
  }

  /** Says the last order for a model again, when those that were given before the pod came back are done. */
  private async replay(name: string): Promise<void> {
    if (this.withheld.get(name)?.hasBegun === false) return;
    const replay: Replay = { hasBegun: false };
    this.withheld.set(name, replay);
    try {
      await this.orders.lines.inTurn(name, async () => {
        replay.hasBegun = true;
        await this.sayAgain(name);
      });
    } catch (error) {
      this.logger.warn('a pod that came back did not take an earlier order', {
        address: this.address,
        reason: toServingError(error).reason,
      });
    }
    if (this.withheld.get(name) !== replay) return;
    this.withheld.delete(name);
    this.changed();
  }

  /** What is due is read now: a later order may have been given meanwhile. */
  private async sayAgain(name: string): Promise<void> {
    const order = this.orders.dueFor(name, this.heard);
    if (!order) return;
    const options = { deadlineMs: REPLAY_DEADLINE_MS };
    await (order.kind === 'load' ? this.load(order.load, options) : this.unload(name, options));
  }
}
