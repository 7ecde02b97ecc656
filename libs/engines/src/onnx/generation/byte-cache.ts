interface Entry<Value> {
  readonly value: Value;
  readonly bytes: number;
  usedAt: number;
}

/** Of patients' data nothing is kept longer than this without being used. */
const TTL_MS = 10 * 60_000;

/**
 * What was used last, bounded in bytes and in time. Where it is full, what was not used for longest goes; what is larger than the
 * whole is not kept at all. Keys hold the tenant: whoever makes them sees to that.
 */
export class ByteCache<Value> {
  private readonly entries = new Map<string, Entry<Value>>();
  private held = 0;

  /** @param now a clock in milliseconds that only goes forward */
  constructor(
    private readonly limit: number,
    private readonly now: () => number,
  ) {}

  get bytes(): number {
    return this.held;
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    if (this.isOver(entry)) {
      this.held -= entry.bytes;
      return undefined;
    }
    entry.usedAt = this.now();
    this.entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: Value, bytes: number): void {
    this.drop(key);
    if (bytes > this.limit) return;
    this.entries.set(key, { value, bytes, usedAt: this.now() });
    this.held += bytes;
    for (const oldest of this.entries.keys()) {
      if (this.held <= this.limit) break;
      this.drop(oldest);
    }
  }

  /** Drops what was not used for too long. The order of the entries is that of their last use. */
  sweep(): void {
    for (const [key, entry] of this.entries) {
      if (!this.isOver(entry)) break;
      this.drop(key);
    }
  }

  clear(): void {
    this.entries.clear();
    this.held = 0;
  }

  private isOver({ usedAt }: Entry<Value>): boolean {
    return this.now() - usedAt >= TTL_MS;
  }

  private drop(key: string): void {
    this.held -= this.entries.get(key)?.bytes ?? 0;
    this.entries.delete(key);
  }
}
