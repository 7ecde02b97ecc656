import { CLASSES, type Class } from '../classes';
import type { Arrived } from './deadline-lane';
import { FairLane, type Share } from './fair-lane';

export interface Waiting extends Share {
  readonly class: Class;
}

export type Offer<T> =
  | { readonly kind: 'queued' }
  /** Queued, in the place of an item that is out of the queue now. */
  | { readonly kind: 'evicted'; readonly victim: T }
  | { readonly kind: 'refused' };

/**
 * The queue of a model: bounded; the more urgent class always first; inside a class tenants share by cost; inside a tenant the
 * earliest deadline first. A less urgent class may starve under more urgent load, and that is meant: research waits while
 * patients do. What starves ends with its own deadline.
 *
 * When it is full, a more urgent arrival takes the place of the least urgent item with the latest deadline, and an arrival of
 * the same class that of a tenant which holds more places than the arrival's tenant would then; any other is refused.
 *
 * An item is an object and stands in the queue once.
 */
export class RequestQueue<T extends Waiting> {
  private readonly lanes: Readonly<Record<Class, FairLane<T>>> = {
    stat: new FairLane(),
    urgent: new FairLane(),
    routine: new FairLane(),
    research: new FairLane(),
  };
  private readonly arrivals = new Map<T, Arrived<T>>();
  private arrivalCount = 0;

  constructor(readonly limit: number) {}

  get size(): number {
    return this.arrivals.size;
  }

  offer(item: T): Offer<T> {
    if (this.size < this.limit) {
      this.add(item);
      return { kind: 'queued' };
    }
    const victim = this.victimFor(item);
    if (!victim) return { kind: 'refused' };
    this.remove(victim);
    this.add(item);
    return { kind: 'evicted', victim };
  }

  /** Takes an item out that leaves unserved, and frees its place at once. @returns whether it was there. */
  remove(item: T): boolean {
    const arrived = this.arrivals.get(item);
    if (!arrived) return false;
    this.arrivals.delete(item);
    return this.lanes[item.class].remove(arrived);
  }

  /** Takes an item out that is served now. @returns whether it was there. */
  take(item: T): boolean {
    const arrived = this.arrivals.get(item);
    if (!arrived) return false;
    this.arrivals.delete(item);
    return this.lanes[item.class].take(arrived);
  }

  /** The items as they would be served one after the other, if nothing came in between. The queue must not change meanwhile. */
  inOrder(): Iterable<T> {
    // Most queues hold one request, and its way should be short.
    return this.size <= 1 ? this.arrivals.keys() : this.walk();
  }

  /** Cost of what would be served before `item`, if it joined now and nothing else came. */
  costAhead(item: T): number {
    let cost = 0;
    for (const name of CLASSES) {
      if (name === item.class) return cost + this.lanes[name].costAhead(item);
      cost += this.lanes[name].cost;
    }
    return cost;
  }

  private *walk(): Generator<T> {
    for (const name of CLASSES) yield* this.lanes[name].inOrder();
  }

  private add(item: T): void {
    const arrived = { item, arrival: this.arrivalCount };
    this.arrivalCount += 1;
    this.arrivals.set(item, arrived);
    this.lanes[item.class].add(arrived);
  }

  private victimFor(item: T): T | undefined {
    for (const name of CLASSES.toReversed()) {
      if (name === item.class) return this.lanes[name].surplusFor(item.tenant);
      const latest = this.lanes[name].latest();
      if (latest) return latest;
    }
    return undefined;
  }
}
