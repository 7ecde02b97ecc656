import { DeadlineLane, isBefore, type Arrived, type Due } from './deadline-lane';

export interface Share extends Due {
  readonly tenant: string;
  /** Work, in the same unit for all; less than 1 counts as 1. */
  readonly cost: number;
}

interface Tenant<T extends Share> {
  readonly lane: DeadlineLane<T>;
  /** What the tenant was given so far, on the lane's virtual clock. */
  tag: number;
}

/** Tenants without waiting items whose lead over the virtual time is remembered; the longest ago goes first. */
const MAX_REMEMBERED = 1_024;

const costOf = ({ cost }: Share): number => Math.max(cost, 1);

/**
 * Items of one class: tenants share by cost, and each tenant's items go in the order of their deadlines. Start-time fair
 * queueing (Goyal, Vin, Cheng 1996) with the tags on the tenants: the next item is of the tenant that was given least, and
 * whoever comes back after a pause begins at the virtual time, with neither credit nor, beyond its own lead, debt.
 */
export class FairLane<T extends Share> {
  private readonly tenants = new Map<string, Tenant<T>>();
  private readonly leads = new Map<string, number>();
  private virtualTime = 0;
  private totalCost = 0;

  /** Of all items. */
  get cost(): number {
    return this.totalCost;
  }

  add(arrived: Arrived<T>): void {
    this.totalCost += costOf(arrived.item);
    const name = arrived.item.tenant;
    const tenant = this.tenants.get(name);
    if (tenant) {
      tenant.lane.add(arrived);
      return;
    }
    const tag = Math.max(this.virtualTime, this.leads.get(name) ?? 0);
    this.leads.delete(name);
    const lane = new DeadlineLane<T>();
    lane.add(arrived);
    this.tenants.set(name, { lane, tag });
  }

  /** Takes an item out that leaves unserved. @returns whether it was there. */
  remove(arrived: Arrived<T>): boolean {
    const tenant = this.tenants.get(arrived.item.tenant);
    if (!tenant?.lane.remove(arrived)) return false;
    this.totalCost -= costOf(arrived.item);
    if (tenant.lane.size === 0) this.leave(arrived.item.tenant, tenant);
    return true;
  }

  /** Takes an item out that is served: its tenant pays. @returns whether it was there. */
  take(arrived: Arrived<T>): boolean {
    const tenant = this.tenants.get(arrived.item.tenant);
    if (!tenant) return false;
    let least = tenant.tag;
    for (const { tag } of this.tenants.values()) least = Math.min(least, tag);
    this.virtualTime = Math.max(this.virtualTime, least);
    tenant.tag += costOf(arrived.item);
    return this.remove(arrived);
  }

  /** The items as they would be taken one after the other. The lane must not change meanwhile. */
  *inOrder(): Generator<T> {
    const cursors = Array.from(this.tenants.values(), ({ lane, tag }) => ({ lane, tag, next: 0 }));
    for (;;) {
      let first: (typeof cursors)[number] | undefined;
      for (const cursor of cursors) {
        if (cursor.next < cursor.lane.size && (first === undefined || cursor.tag < first.tag)) first = cursor;
      }
      const item = first?.lane.at(first.next);
      if (first === undefined || item === undefined) return;
      first.next += 1;
      first.tag += costOf(item);
      yield item;
    }
  }

  /** The item that can wait longest; of equal deadlines the last that came. */
  latest(): T | undefined {
    let latest: Arrived<T> | undefined;
    for (const { lane } of this.tenants.values()) {
      const last = lane.last;
      if (last && (latest === undefined || isBefore(latest, last))) latest = last;
    }
    return latest?.item;
  }

  /** The latest item of the tenant with the most items, where giving its place to `tenant` still leaves it no fewer. */
  surplusFor(tenant: string): T | undefined {
    let most: DeadlineLane<T> | undefined;
    for (const { lane } of this.tenants.values()) if (lane.size > (most?.size ?? 0)) most = lane;
    const own = this.tenants.get(tenant)?.lane.size ?? 0;
    return most && most.size - 1 >= own + 1 ? most.last?.item : undefined;
  }

  /** Cost of what would be served before `item`, if it joined now: the tenant's earlier items, and what is due to others by then. */
  costAhead(item: T): number {
    const own = this.tenants.get(item.tenant);
    let earlier = 0;
    for (let index = 0; own && index < own.lane.size; index += 1) {
      const other = own.lane.at(index);
      if (!other || other.deadlineAtMs > item.deadlineAtMs) break;
      earlier += costOf(other);
    }
    const turn = (own?.tag ?? Math.max(this.virtualTime, this.leads.get(item.tenant) ?? 0)) + earlier;
    let ahead = earlier;
    for (const [name, { lane, tag }] of this.tenants) {
      if (name === item.tenant) continue;
      let reached = tag;
      for (let index = 0; index < lane.size && reached < turn; index += 1) {
        const cost = costOf(lane.at(index) as T);
        reached += cost;
        ahead += cost;
      }
    }
    return ahead;
  }

  private leave(name: string, { tag }: Tenant<T>): void {
    this.tenants.delete(name);
    if (this.tenants.size === 0) {
      // Nobody competes any more, so nobody is ahead of anybody.
      this.virtualTime = 0;
      this.leads.clear();
      return;
    }
    if (tag <= this.virtualTime) return;
    this.leads.set(name, tag);
    if (this.leads.size > MAX_REMEMBERED) this.leads.delete(this.leads.keys().next().value as string);
  }
}
