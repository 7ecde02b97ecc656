export const CLASSES = ['stat', 'urgent', 'routine', 'research'] as const;
export type Class = (typeof CLASSES)[number];

/**
 * A bounded queue: the more urgent class first, within a class in the order of arrival. Removing a waiting item, when its
 * caller has left, frees its place at once.
 */
export class ClassQueue<T> {
  private readonly lanes: ReadonlyMap<Class, Set<T>> = new Map(CLASSES.map((name) => [name, new Set<T>()]));

  constructor(readonly limit: number) {}

  get size(): number {
    let size = 0;
    for (const lane of this.lanes.values()) size += lane.size;
    return size;
  }

  /** @returns whether there was a place. */
  offer(item: T, name: Class): boolean {
    if (this.size >= this.limit) return false;
    this.lanes.get(name)?.add(item);
    return true;
  }

  take(): T | undefined {
    for (const lane of this.lanes.values()) {
      for (const item of lane) {
        lane.delete(item);
        return item;
      }
    }
    return undefined;
  }

  remove(item: T): boolean {
    for (const lane of this.lanes.values()) {
      if (lane.delete(item)) return true;
    }
    return false;
  }
}
