export interface ShortCacheOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly maxAgeMs: number;
  /** Most that is remembered; when it is reached everything is forgotten. */
  readonly limit: number;
}

/** What was found, and until when it may be believed, in milliseconds since the epoch. */
export interface Remembered<T> {
  readonly value: T;
  readonly untilMs: number;
}

/**
 * Remembers for seconds what a look-up found, so that a busy caller costs no query a request and a change is noticed all the
 * same. Callers that ask for the same at once share a look-up. What was not found is not remembered: it may be there next.
 */
export class ShortCache<T> {
  private readonly remembered = new Map<string, Remembered<T>>();
  private readonly underWay = new Map<string, Promise<Remembered<T> | undefined>>();

  constructor(
    private readonly load: (key: string) => Promise<T | undefined>,
    private readonly options: ShortCacheOptions,
  ) {}

  get(key: string): Promise<Remembered<T> | undefined> {
    const found = this.remembered.get(key);
    if (found !== undefined && found.untilMs > this.options.now()) return Promise.resolve(found);
    const running = this.underWay.get(key) ?? this.fill(key);
    this.underWay.set(key, running);
    return running;
  }

  private async fill(key: string): Promise<Remembered<T> | undefined> {
    try {
      // Counted from before the question: what changes while it is answered is noticed in time too.
      const untilMs = this.options.now() + this.options.maxAgeMs;
      const value = await this.load(key);
      this.remembered.delete(key);
      if (value === undefined) return undefined;
      if (this.remembered.size >= this.options.limit) this.remembered.clear();
      const fresh = { value, untilMs };
      this.remembered.set(key, fresh);
      return fresh;
    } finally {
      this.underWay.delete(key);
    }
  }
}
