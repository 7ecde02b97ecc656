/** Draws that a seed repeats, byte for byte, on every machine (mulberry32). */
export class Draw {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed | 0;
  }

  /** In [0, 1). */
  number(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number in [0, end). */
  below(end: number): number {
    return Math.floor(this.number() * end);
  }

  chance(share: number): boolean {
    return this.number() < share;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new Error('There is nothing to draw from.');
    return picked;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

/** Values at which lengths and numbers break: what is one too many, what wraps, what is none. */
export const EDGES = [
  0, 1, 2, 3, 7, 8, 127, 128, 255, 256, 32_767, 32_768, 65_535, 65_536, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe,
  0xffff_ffff,
] as const;

/** Flips, overwrites, cuts, repeats, removes or puts an edge value; the head is hit as often as all the rest. */
export function mutate(seed: Buffer, draw: Draw, headBytes = 2_048): Buffer {
  const place = (): number => draw.below(draw.chance(0.5) ? Math.min(seed.length, headBytes) : seed.length);
  let bytes = Buffer.from(seed);
  for (let count = 1 + draw.below(4); count > 0 && bytes.length > 0; count -= 1) {
    const at = Math.min(place(), bytes.length - 1);
    const length = Math.min(1 + draw.below(8), bytes.length - at);
    switch (draw.below(6)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << draw.below(8));
        break;
      case 1:
        bytes.fill(draw.chance(0.5) ? 0xff : draw.below(256), at, at + length);
        break;
      case 2:
        if (bytes.length - at >= 4) bytes.writeUInt32LE(draw.pick(EDGES), at);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length * 16), bytes.subarray(at)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      default:
        return bytes.subarray(0, at);
    }
  }
  return bytes;
}
