type Undo = () => void;

/** Changes of one transaction, each with how to take it back. */
export class Transaction {
  readonly undo: Undo[] = [];

  set<K, V>(map: Map<K, V>, key: K, value: V): void {
    const before = map.get(key);
    const had = map.has(key);
    map.set(key, value);
    this.undo.push(() => {
      if (had) map.set(key, before as V);
      else map.delete(key);
    });
  }

  delete<K, V>(map: Map<K, V>, key: K): void {
    const before = map.get(key);
    if (!map.delete(key)) return;
    this.undo.push(() => {
      map.set(key, before as V);
    });
  }

  push<T>(list: T[], ...items: readonly T[]): void {
    const length = list.length;
    list.push(...items);
    this.undo.push(() => {
      list.length = length;
    });
  }
}

/**
 * What a database keeps when it dies, by the rule of PostgreSQL's log: a commit that waits for the disk takes all before it to the
 * disk as well; of those behind the last such one, the newest may be lost, never one from the middle.
 */
export class Disk {
  private readonly atRisk: Transaction[] = [];

  /** Makes changes in one transaction; where `change` throws, none. */
  commit<T>(isSynced: boolean, change: (transaction: Transaction) => T): T {
    const transaction = new Transaction();
    try {
      const result = change(transaction);
      if (isSynced) this.atRisk.length = 0;
      else if (transaction.undo.length > 0) this.atRisk.push(transaction);
      return result;
    } catch (error) {
      takeBack(transaction);
      throw error;
    }
  }

  /** @returns how many commits were lost */
  crash(random: () => number): number {
    const lost = this.atRisk.splice(Math.floor(random() * (this.atRisk.length + 1)));
    for (const transaction of lost.reverse()) takeBack(transaction);
    this.atRisk.length = 0;
    return lost.length;
  }
}

function takeBack({ undo }: Transaction): void {
  for (const change of undo.reverse()) change();
}
