import { randomBytes } from 'node:crypto';

/** Numbers of a sequence, each at least 0 and below 1. */
export type Random = () => number;

const MASK64 = 0xffff_ffff_ffff_ffffn;

/** SplitMix64 (Steele, Lea and Flood 2014): the outputs for a state, two of 64 bits. */
function splitMix64(seed: bigint): [bigint, bigint] {
  const output = (state: bigint): bigint => {
    let z = state & MASK64;
    z = ((z ^ (z >> 30n)) * 0xbf58_476d_1ce4_e5b9n) & MASK64;
    z = ((z ^ (z >> 27n)) * 0x94d0_49bb_1331_11ebn) & MASK64;
    return z ^ (z >> 31n);
  };
  const gamma = 0x9e37_79b9_7f4a_7c15n;
  return [output(seed + gamma), output(seed + 2n * gamma)];
}

/**
 * xoshiro128** 1.1 (Blackman and Vigna 2018), its state two outputs of SplitMix64, low half first; a number has 53 bits, 27 of
 * one output and 26 of the next. Whole numbers only, so every machine gives the same sequence for the same seed.
 *
 * @param seed of its integer part the lowest 64 bits count
 */
export function seededRandom(seed: bigint): Random {
  const state = Uint32Array.from(
    splitMix64(seed & MASK64).flatMap((word) => [Number(word & 0xffff_ffffn), Number(word >> 32n)]),
  );
  let [a = 0, b = 0, c = 0, d = 0] = state;
  const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
  return () => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 9_007_199_254_740_992;
}

/** Of one choice: choices of one request differ, and each is found again with the same seed. */
export const randomOf = (seed: number | undefined, choice: number): Random =>
  seededRandom(seed === undefined ? randomBytes(8).readBigUInt64LE() : BigInt(Math.trunc(seed)) + BigInt(choice));
