import { ServingError } from '@medserve/errors';
import { createLocalJWKSet, errors, type CryptoKey, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';

export interface Clock {
  /** Milliseconds. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

export interface KeyRingOptions {
  /** Where the keys are published. */
  readonly read: () => Promise<JSONWebKeySet>;
  readonly clock: Clock;
  /** Told of every attempt to read them that failed. */
  readonly onTrouble?: (error: unknown) => void;
}

/** So old, keys are read anew beside the requests that use them; a key that was withdrawn stops working after that. */
const FRESH_MS = 300_000;
/** So old, and not to be had anew, keys are not used any more. */
const KEEP_MS = 3_600_000;
/** From the start of one reading to the start of the next. */
const COOL_DOWN_MS = 1_000;
const WAITERS = 1_000;

type FindKey = ReturnType<typeof createLocalJWKSet>;

/**
 * The public keys of one issuer. At most one reading is under way, and one begins at most every second, however many tokens
 * name keys that nobody knows. Such a token waits for the next reading that begins after it came, so that no token is refused
 * because its key is new. While the issuer is away, the keys that it had are used for an hour; after that nothing of it is
 * believed.
 */
export class KeyRing {
  private findKey: FindKey | undefined;
  private readAtMs = -Infinity;
  private attemptedAtMs = -Infinity;
  private underWay: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private waiters = 0;

  constructor(private readonly options: KeyRingOptions) {}

  /**
   * @throws ServingError `unavailable` where the keys cannot be had; JOSEError where none of them fits
   */
  async keyFor(header: JWSHeaderParameters): Promise<CryptoKey> {
    const findKey = await this.usable();
    try {
      return await findKey(header);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    await this.wait(() => this.readNext());
    return (await this.usable())(header);
  }

  private async usable(): Promise<FindKey> {
    const { clock } = this.options;
    if (this.ageMs() >= KEEP_MS) {
      // Any keys are better than none: a reading that has begun will do.
      await this.wait(() => this.underWay ?? this.readNext());
    } else if (this.ageMs() >= FRESH_MS && clock.now() - this.attemptedAtMs >= COOL_DOWN_MS) {
      this.readNext().catch(() => undefined);
    }
    if (this.findKey === undefined || this.ageMs() >= KEEP_MS) throw unavailable();
    return this.findKey;
  }

  private ageMs(): number {
    return this.options.clock.now() - this.readAtMs;
  }

  private async wait(reading: () => Promise<void>): Promise<void> {
    if (this.waiters >= WAITERS) throw unavailable();
    this.waiters += 1;
    try {
      await reading();
    } catch (cause) {
      throw unavailable(cause);
    } finally {
      this.waiters -= 1;
    }
  }

  /** A reading that has not begun: what is published now is in it. */
  private readNext(): Promise<void> {
    this.next ??= this.begin();
    return this.next;
  }

  private async begin(): Promise<void> {
    const { clock } = this.options;
    await this.underWay?.catch(() => undefined);
    const restMs = this.attemptedAtMs + COOL_DOWN_MS - clock.now();
    if (restMs > 0) await clock.sleep(restMs);
    this.next = undefined;
    this.attemptedAtMs = clock.now();
    this.underWay = this.read().finally(() => {
      this.underWay = undefined;
    });
    await this.underWay;
  }

  private async read(): Promise<void> {
    const { read, clock, onTrouble } = this.options;
    const atMs = clock.now();
    try {
      this.findKey = createLocalJWKSet(await read());
      this.readAtMs = atMs;
    } catch (error) {
      onTrouble?.(error);
      throw error;
    }
  }
}

const unavailable = (cause?: unknown): ServingError =>
  new ServingError('unavailable', "The keys of the token's issuer cannot be read at the moment.", { cause });
