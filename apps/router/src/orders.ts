import type { CatalogueEntry, ModelLoad } from '@medserve/rpc';

export type Order =
  { readonly kind: 'load'; readonly load: ModelLoad } | { readonly kind: 'unload'; readonly name: string };

const nameOf = (order: Order): string => (order.kind === 'load' ? order.load.name : order.name);

function bytesOf(order: Order): number {
  if (order.kind === 'unload') return 0;
  const { configJson = '', files = {} } = order.load;
  return Object.values(files).reduce((sum, bytes) => sum + bytes.byteLength, configJson.length);
}

const MOST_ORDERS = 1_024;
const MOST_BYTES = 1 << 30;

/**
 * The last order for every model, for pods that come, or come back, later. Bounded in number and bytes: the oldest are
 * forgotten; a pod that did not hear one of those serves what its repository has.
 */
export class Orders {
  private readonly byName = new Map<string, Order>();
  private bytes = 0;

  constructor(private readonly limits = { orders: MOST_ORDERS, bytes: MOST_BYTES }) {}

  remember(order: Order): void {
    this.forget(nameOf(order));
    if (bytesOf(order) > this.limits.bytes) return;
    this.byName.set(nameOf(order), order);
    this.bytes += bytesOf(order);
    for (const name of this.byName.keys()) {
      if (this.byName.size <= this.limits.orders && this.bytes <= this.limits.bytes) return;
      this.forget(name);
    }
  }

  isUnloaded(name: string): boolean {
    return this.byName.get(name)?.kind === 'unload';
  }

  /** What a pod that was away has to be told, going by what it has. */
  dueFor(entries: readonly CatalogueEntry[]): Order[] {
    const stateOf = (name: string) => entries.filter((entry) => entry.name === name).map(({ state }) => state);
    return [...this.byName.values()].filter((order) => {
      if (order.kind === 'unload') return stateOf(order.name).some((state) => state !== 'unloaded');
      const { name, configJson = '', files = {} } = order.load;
      // What replaces something is not seen in the catalogue: it is said again.
      return configJson !== '' || Object.keys(files).length > 0 || stateOf(name).includes('unloaded');
    });
  }

  private forget(name: string): void {
    const order = this.byName.get(name);
    if (!order) return;
    this.byName.delete(name);
    this.bytes -= bytesOf(order);
  }
}
