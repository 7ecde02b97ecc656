import { ByteCache } from './byte-cache';
import { PrefixCache } from './prefix-cache';

const MIB = 2 ** 20;
const FEATURE_BYTES = 128 * MIB;
/**
 * The rows take more, and a run makes as much again of them; a host that takes more than 4 GiB is ended. Sixteen full rows of 2,048
 * positions (assistant-smol) and this together are 3.7 GiB (measured); with 512 MiB they were too much.
 */
const PREFIX_BYTES = 256 * MIB;
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
