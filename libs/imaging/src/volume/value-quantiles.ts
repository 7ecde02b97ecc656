import type { Samples } from '@medserve/clinical';

const BINS = 65_536;
/** The sign of a float32, in the upper half of its bits. */
const SIGN = 0x8000;
/** From here on the upper half of the bits (but for the sign) is that of infinities and NaN, and of nothing else. */
const NOT_FINITE = 0x7f80;

/**
 * Lower and upper quantile (0 to 1, nearest rank) of all finite samples, exact whatever their range: one hot voxel moves no other.
 * Every sample counts, since a stride would see few columns of a volume only.
 *
 * @returns `[0, 0]` when there is no finite sample
 */
export function valueQuantiles(samples: Samples, lower: number, upper: number): readonly [number, number] {
  return samples instanceof Float32Array ? ofFloats(samples, lower, upper) : ofIntegers(samples, lower, upper);
}

/** Which of so many sorted samples, from 0. */
const rankOf = (share: number, total: number): number => Math.round(share * (total - 1));

function ofIntegers(samples: Exclude<Samples, Float32Array>, lower: number, upper: number): readonly [number, number] {
  if (samples.length === 0) return [0, 0];
  const low = samples instanceof Int16Array ? -32_768 : 0;
  const counts = new Uint32Array(BINS);
  for (const value of samples) counts[value - low] = (counts[value - low] as number) + 1;
  const at = (share: number): number => {
    let left = rankOf(share, samples.length);
    let bin = 0;
    while (left >= (counts[bin] as number)) left -= counts[bin++] as number;
    return low + bin;
  };
  return [at(lower), at(upper)];
}

/**
 * The bits of floats of one sign are in the order of their size: one pass counts the upper halves of the bits, another the lower
 * halves of those samples whose upper half is the one of a quantile.
 */
function ofFloats(samples: Float32Array, lower: number, upper: number): readonly [number, number] {
  const bits = new Uint32Array(samples.buffer, samples.byteOffset, samples.length);
  const counts = new Uint32Array(BINS);
  for (let i = 0; i < bits.length; i++) {
    const half = (bits[i] as number) >>> 16;
    counts[half] = (counts[half] as number) + 1;
  }
  let total = 0;
  for (let half = 0; half < NOT_FINITE; half++) total += (counts[half] as number) + (counts[half | SIGN] as number);
  if (total === 0) return [0, 0];
  const [a, b] = [halfAt(counts, rankOf(lower, total)), halfAt(counts, rankOf(upper, total))];
  const ofA = new Uint32Array(BINS);
  const ofB = a.half === b.half ? ofA : new Uint32Array(BINS);
  for (let i = 0; i < bits.length; i++) {
    const sample = bits[i] as number;
    const half = sample >>> 16;
    if (half === a.half) ofA[sample & 0xffff] = (ofA[sample & 0xffff] as number) + 1;
    else if (half === b.half) ofB[sample & 0xffff] = (ofB[sample & 0xffff] as number) + 1;
  }
  return [valueAt(ofA, a), valueAt(ofB, b)];
}

/** Where a quantile is: the upper half of its bits, and which it is of the samples that have it, from the smallest. */
interface Found {
  readonly half: number;
  readonly left: number;
}

/** From the most negative finite upper half to the largest. */
function halfAt(counts: Uint32Array, rank: number): Found {
  let left = rank;
  for (let place = -NOT_FINITE; place < NOT_FINITE; place++) {
    const half = place < 0 ? SIGN | ~place : place;
    const count = counts[half] as number;
    if (left < count) return { half, left };
    left -= count;
  }
  throw new RangeError('a quantile is from 0 to 1');
}

/** Of negative floats, those with the larger bits are the smaller ones. */
function valueAt(counts: Uint32Array, { half, left: rank }: Found): number {
  const flip = half & SIGN ? 0xffff : 0;
  let left = rank;
  let place = 0;
  while (left >= (counts[place ^ flip] as number)) left -= counts[place++ ^ flip] as number;
  const value = new Float32Array(Uint32Array.of(((half << 16) | (place ^ flip)) >>> 0).buffer);
  return (value[0] as number) + 0; // -0 is 0
}
