import type { CatalogueEntry, ModelLoad } from '@medserve/rpc';
import { OrderLines } from './order-lines';

export type Order =
  | { readonly kind: 'load'; readonly load: ModelLoad }
  | { readonly kind: 'unload'; readonly name: string };

export const nameOf = (order: Order): string => (order.kind === 'load' ? order.load.name : order.name);

function bytesOf(order: Order): number {
  if (order.kind === 'unload') return 0;
  const { configJson = '', files = {} } = order.load;
  return Object.values(files).reduce((sum, bytes) => sum + bytes.byteLength, configJson.length);
}

/** Whether it puts something in the place of what the pods' repositories have. */
function replaces(order: Order): boolean {
  if (order.kind === 'unload') return false;
  const { configJson = '', files = {} } = order.load;
  return configJson !== '' || Object.keys(files).length > 0;
}

interface Remembered {
  readonly order: Order;
  /** Whether it, or one before it, replaced something: the catalogue does not show whether a pod still keeps to that. */
  readonly isUnseen: boolean;
}

const MOST_ORDERS = 1_024;
const MOST_BYTES = 1 << 30;

/**
 * The last order for every model, for pods that come, or come back, later. Bounded in number and bytes: the oldest are
 * forgotten; a pod that did not hear one of those serves what its repository has.
 */
export class Orders {
  /** Where orders for one model wait for each other, those that are given and those that are said again. */
  readonly lines = new OrderLines();
  private readonly byName = new Map<string, Remembered>();
  private bytes = 0;

  constructor(private readonly limits = { orders: MOST_ORDERS, bytes: MOST_BYTES }) {}

  remember(order: Order): void {
    const name = nameOf(order);
    const isUnseen = replaces(order) || this.byName.get(name)?.isUnseen === true;
    this.forget(name);
    if (bytesOf(order) > this.limits.bytes) return;
    this.byName.set(name, { order, isUnseen });
    this.bytes += bytesOf(order);
    for (const oldest of this.byName.keys()) {
      if (this.byName.size <= this.limits.orders && this.bytes <= this.limits.bytes) return;
      this.forget(oldest);
    }
  }

  isUnloaded(name: string): boolean {
    return this.byName.get(name)?.order.kind === 'unload';
  }

  /** What a pod that was away has to be told of a model, going by what it has. */
  dueFor(name: string, entries: readonly CatalogueEntry[]): Order | undefined {
    const remembered = this.byName.get(name);
    if (!remembered) return undefined;
    const { order, isUnseen } = remembered;
    const states = entries.filter((entry) => entry.name === name).map(({ state }) => state);
    const isDue =
      order.kind === 'unload' ? states.some((state) => state !== 'unloaded') : isUnseen || states.includes('unloaded');
    return isDue ? order : undefined;
  }

  /** The models of which a pod that was away has, or may come to have, something to be told. */
  namesFor(entries: readonly CatalogueEntry[]): string[] {
    const names = new Set([...this.byName.keys()].filter((name) => this.dueFor(name, entries)));
    for (const name of this.lines.names()) names.add(name);
    return [...names];
  }

  private forget(name: string): void {
    const remembered = this.byName.get(name);
    if (!remembered) return;
    this.byName.delete(name);
    this.bytes -= bytesOf(remembered.order);
  }
}
