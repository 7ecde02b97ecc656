import { setImmediate as endOfTurn } from 'node:timers/promises';
import { ServingError } from '@medserve/errors';

export interface GroupCommitOptions<Item> {
  /**
   * Writes a group in one commit; resolves with whether each was written, in their order. When it rejects, none of them counts as
   * written.
   */
  readonly write: (group: readonly Item[]) => Promise<readonly boolean[]>;
  /** Whether a group may have failed for what one of its items says: then they are written apart from one another. */
  readonly isOfOneItem: (error: unknown) => boolean;
  /** What an item takes in memory and on the wire, in bytes. */
  readonly sizeOf: (item: Item) => number;
  readonly limits: GroupLimits;
}

export interface GroupLimits {
  readonly groupItems: number;
  /** An item that is larger is a group by itself. */
  readonly groupBytes: number;
  readonly waitingItems: number;
  readonly waitingBytes: number;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly size: number;
  readonly resolve: (isWritten: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets many writes share one commit, without a timer: what comes while a group is on its way makes up the next one, and so does what
 * comes in the same turn of the event loop, which often brings several at once: answers to what shared the commit before, say. One
 * that comes alone is written in that turn; the busier it gets, the more share a commit. An item that cannot be written fails alone.
 */
export class GroupCommit<Item> {
  private waiting: Waiting<Item>[] = [];
  private waitingBytes = 0;
  private underWay: Promise<void> | undefined;

  constructor(private readonly options: GroupCommitOptions<Item>) {}

  /**
   * Resolves, once the commit of its group is done, with whether the item was written.
   *
   * @param room the share of the waiting room, 0 to 1, that may be taken before this item is refused
   * @throws ServingError `overloaded` when there is no room; whatever `write` throws
   */
  submit(item: Item, room = 1): Promise<boolean> {
    const size = this.options.sizeOf(item);
    const full = this.fullFor(size, room);
    if (full !== undefined) {
      return Promise.reject(new ServingError('overloaded', 'Too many records wait to be written.', { limit: full }));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, size, resolve, reject });
      this.waitingBytes += size;
      this.underWay ??= this.writeAll();
    });
  }

  /** Resolves when nothing is waiting and nothing is on its way. */
  async drained(): Promise<void> {
    await this.underWay;
  }

  private fullFor(size: number, room: number): string | undefined {
    const { waitingItems, waitingBytes } = this.options.limits;
    if (this.waiting.length === 0) return undefined;
    if (this.waiting.length >= waitingItems * room) return `records waiting: ${String(waitingItems)}`;
    if (this.waitingBytes + size > waitingBytes * room) return `bytes of records waiting: ${String(waitingBytes)}`;
    return undefined;
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      await endOfTurn();
      await this.settle(this.take());
    }
    this.underWay = undefined;
  }

  /** The items that waited longest, as many as fit into one group. */
  private take(): Waiting<Item>[] {
    const { groupItems, groupBytes } = this.options.limits;
    let count = 0;
    let bytes = 0;
    for (const { size } of this.waiting) {
      if (count >= groupItems || (count > 0 && bytes + size > groupBytes)) break;
      count += 1;
      bytes += size;
    }
    this.waitingBytes -= bytes;
    return this.waiting.splice(0, count);
  }

  /** Settles every item of a group. Halving finds the few items that cannot be written in few attempts. */
  private async settle(group: readonly Waiting<Item>[]): Promise<void> {
    try {
      const written = await this.options.write(group.map(({ item }) => item));
      group.forEach(({ resolve }, at) => {
        resolve(written[at] === true);
      });
    } catch (error) {
      if (group.length > 1 && this.options.isOfOneItem(error)) {
        const middle = Math.ceil(group.length / 2);
        await this.settle(group.slice(0, middle));
        await this.settle(group.slice(middle));
      } else {
        for (const { reject } of group) reject(error);
      }
    }
  }
}
