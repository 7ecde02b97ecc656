import { ByteCache } from './byte-cache';
import { PrefixCache } from './prefix-cache';

const MIB = 2 ** 20;
const FEATURE_BYTES = 128 * MIB;
const PREFIX_BYTES = 512 * MIB;
const SWEEP_MS = 60_000;

/** What a generator keeps of what it worked out: bounded, in memory only, and gone ten minutes after its last use. */
export class Caches {
  /** Features of images. */
  readonly features: ByteCache<Float32Array>;
  readonly prefixes: PrefixCache;
  private readonly blocks: ByteCache<Float32Array>;
  private readonly sweeping: NodeJS.Timeout;

  /** @param now a clock in milliseconds that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.features = new ByteCache(FEATURE_BYTES, now);
    this.blocks = new ByteCache(PREFIX_BYTES, now);
    this.prefixes = new PrefixCache(this.blocks);
    this.sweeping = setInterval(() => {
      this.features.sweep();
      this.blocks.sweep();
    }, SWEEP_MS).unref();
  }

  get bytes(): number {
    return this.features.bytes + this.blocks.bytes;
  }

  close(): void {
    clearInterval(this.sweeping);
    this.features.clear();
    this.blocks.clear();
  }
}
