import { toServingError } from '@medserve/errors';
import { PodClient, type CatalogueEntry, type ModelLoad, type Watch } from '@medserve/rpc';
import type { Logger } from '@medserve/runtime';
import { hashText } from '@medserve/serving';
import type { Order, Orders } from './orders';

const REPLAY_DEADLINE_MS = 600_000;

export interface OrderOptions {
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/** One pod: what it says that it has, less what it has not been told yet. */
export class Member {
  readonly client: PodClient;
  readonly hash: number;
  reachable = false;
  models: readonly CatalogueEntry[] = [];
  private heard: readonly CatalogueEntry[] = [];
  /** Models whose order is on its way: what the pod has of them is not what was ordered. */
  private readonly withheld = new Set<string>();
  private readonly watching: Watch;

  constructor(
    readonly address: string,
    private readonly orders: Orders,
    private readonly logger: Logger,
    private readonly onChange: () => void,
  ) {
    this.hash = hashText(address);
    this.client = new PodClient(address);
    this.watching = this.client.watch((models) => {
      const isBack = models !== undefined && !this.reachable;
      this.reachable = models !== undefined;
      this.heard = models ?? [];
      if (isBack) for (const order of orders.dueFor(this.heard)) void this.replay(order);
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
    this.models = this.heard
      .filter(({ name }) => !this.withheld.has(name) || this.orders.isUnloaded(name))
      .map((entry) => (this.orders.isUnloaded(entry.name) ? { ...entry, state: 'unloaded' as const } : entry));
    this.onChange();
  }

  close(): void {
    this.watching.close();
    this.client.close();
  }

  private async replay(order: Order): Promise<void> {
    const name = order.kind === 'load' ? order.load.name : order.name;
    this.withheld.add(name);
    const options = { deadlineMs: REPLAY_DEADLINE_MS };
    try {
      await (order.kind === 'load' ? this.load(order.load, options) : this.unload(name, options));
    } catch (error) {
      this.logger.warn('a pod that came back did not take an earlier order', {
        address: this.address,
        reason: toServingError(error).reason,
      });
    }
    this.withheld.delete(name);
    this.changed();
  }
}
