export interface CacheLimits {
  /** Of all entries together. */
  readonly maxBytes: number;
  /** A larger value is not kept: it would push out many that are asked for more often. */
  readonly maxEntryBytes: number;
  readonly maxAgeMs: number;
}

interface Entry<V> {
  readonly value: V;
  readonly bytes: number;
  readonly tags: readonly string[];
  readonly bornAtMs: number;
}

/** A bounded cache: the entry that was longest not asked for goes first, and every entry goes by its tags at once. */
export class ResponseCache<V> {
  /** In the order of use: a Map remembers the order in which keys were set. */
  private readonly entries = new Map<string, Entry<V>>();
  private readonly byTag = new Map<string, Set<string>>();
  private held = 0;

  constructor(private readonly limits: CacheLimits) {}

  get bytes(): number {
    return this.held;
  }

  get size(): number {
    return this.entries.size;
  }

  get(key: string, nowMs: number): V | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (nowMs - entry.bornAtMs > this.limits.maxAgeMs) {
      this.remove(key);
      return undefined;
    }
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  /** @returns whether it is kept. */
  put(key: string, value: V, bytes: number, tags: readonly string[], nowMs: number): boolean {
    this.remove(key);
    const { maxBytes, maxEntryBytes } = this.limits;
    if (bytes > maxEntryBytes || bytes > maxBytes) return false;
    for (const oldest of this.entries.keys()) {
      if (this.held + bytes <= maxBytes) break;
      this.remove(oldest);
    }
    this.entries.set(key, { value, bytes, tags, bornAtMs: nowMs });
    this.held += bytes;
    for (const tag of tags) {
      const keys = this.byTag.get(tag);
      if (keys) keys.add(key);
      else this.byTag.set(tag, new Set([key]));
    }
    return true;
  }

  /** @returns how many entries had the tag. */
  purge(tag: string): number {
    const keys = [...(this.byTag.get(tag) ?? [])];
    for (const key of keys) this.remove(key);
    return keys.length;
  }

  private remove(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.held -= entry.bytes;
    for (const tag of entry.tags) {
      const keys = this.byTag.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) this.byTag.delete(tag);
    }
  }
}
