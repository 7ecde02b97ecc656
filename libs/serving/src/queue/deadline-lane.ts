export interface Due {
  /** `Infinity`: whenever. */
  readonly deadlineAtMs: number;
}

export interface Arrived<T> {
  readonly item: T;
  /** Counts up with every arrival. */
  readonly arrival: number;
}

/** The earlier deadline first, then the earlier arrival. */
export const isBefore = <T extends Due>(a: Arrived<T>, b: Arrived<T>): boolean =>
  a.item.deadlineAtMs < b.item.deadlineAtMs || (a.item.deadlineAtMs === b.item.deadlineAtMs && a.arrival < b.arrival);

/**
 * Items in the order of their deadlines, equal ones in the order of arrival. A sorted array: it is searched in O(log n), gives
 * both ends and any prefix at once, and moving the rest of a queue of hundreds is cheaper than a tree.
 */
export class DeadlineLane<T extends Due> {
  private readonly items: Arrived<T>[] = [];

  get size(): number {
    return this.items.length;
  }

  get last(): Arrived<T> | undefined {
    return this.items.at(-1);
  }

  at(index: number): T | undefined {
    return this.items[index]?.item;
  }

  add(arrived: Arrived<T>): void {
    this.items.splice(this.placeOf(arrived), 0, arrived);
  }

  /** @returns whether it was there. */
  remove(arrived: Arrived<T>): boolean {
    const place = this.placeOf(arrived);
    if (this.items[place]?.item !== arrived.item) return false;
    this.items.splice(place, 1);
    return true;
  }

  private placeOf(arrived: Arrived<T>): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.items[middle] as Arrived<T>, arrived)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
