/** What may die: what it has begun then never goes on, and what it begins anew belongs to its next life. */
export class Life {
  isOver = false;
}

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

const isBefore = (a: Due, b: Due): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** FNV-1a, carried on. */
function mixed(hash: number, text: string): number {
  let mix = hash;
  for (let at = 0; at < text.length; at += 1) mix = Math.imul(mix ^ text.charCodeAt(at), 0x01000193);
  return mix >>> 0;
}

/**
 * Time, chance and order of one simulated world, in one process and without a real clock: one thing happens after the other, and
 * the same seed gives the same world.
 */
export class Simulation {
  nowMs = 0;
  steps = 0;
  private readonly heap: Due[] = [];
  private order = 0;
  private hash = 0x811c9dc5;

  /** @param random in [0, 1), the only source of chance */
  constructor(readonly random: () => number) {}

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  /** Tells two runs apart: all that was traced so far. */
  get digest(): string {
    return this.hash.toString(16).padStart(8, '0');
  }

  /** Notes what happens, so that two runs of a seed can be compared. */
  trace(what: string): void {
    this.hash = mixed(this.hash, `${String(this.nowMs)} ${what}\n`);
  }

  after(delayMs: number, run: () => void): void {
    const due = { atMs: this.nowMs + delayMs, order: this.order++, run };
    const { heap } = this;
    heap.push(due);
    for (let at = heap.length - 1; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!isBefore(due, heap[parent]!)) break;
      [heap[at], heap[parent]] = [heap[parent]!, due];
      at = parent;
    }
  }

  /** Resolves after so long, unless the life is over by then: then never. */
  sleep(delayMs: number, life: Life): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, () => {
        if (!life.isOver) resolve();
      });
    });
  }

  /** The next thing happens, with all that follows from it at once. @returns whether there was one */
  async step(): Promise<boolean> {
    const next = this.pop();
    if (next === undefined) return false;
    this.nowMs = next.atMs;
    this.steps += 1;
    next.run();
    // Every promise that can settle by now does before a macrotask comes.
    await new Promise<void>((resolve) => setImmediate(resolve));
    return true;
  }

  private pop(): Due | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      let least = at;
      for (const child of [left, left + 1])
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child;
      if (least === at) return first;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}
