import type { CharacterSet } from './character-set';

/** Bytes one after another, each within a range. */
type ByteRanges = readonly (readonly [number, number])[];

/** A byte that leads to another place of the same tree. */
export interface ByteWay {
  readonly low: number;
  readonly high: number;
  readonly to: number;
}

/** All ways through the bytes of a set's characters, from the last place to place 0, which has none: it is behind them. */
export type ByteWays = readonly (readonly ByteWay[])[];

/** Characters of as many bytes, as ranges of codes (RFC 3629, section 3). */
const LENGTHS: readonly (readonly [number, number])[] = [
  [0, 0x7f],
  [0x80, 0x7ff],
  [0x800, 0xffff],
  [0x1_0000, 0x10_ffff],
];

const utf8 = new TextEncoder();
const bytesOf = (code: number): number[] => Array.from(utf8.encode(String.fromCodePoint(code)));

const inJson = (code: number): string => JSON.stringify(String.fromCharCode(code)).slice(1, -1);

/** Of characters whose codes are of one length and differ in the last `free` bytes only, or in more. */
function rangesOf(low: number, high: number, free = 3): ByteRanges[] {
  const block = 64 ** free;
  if (free === 0) return [bytesOf(low).map((byte, at) => [byte, bytesOf(high)[at] as number])];
  const from = Math.floor(low / block);
  const to = Math.floor(high / block);
  if (from === to) return rangesOf(low, high, free - 1);
  const first = low % block === 0 ? from : from + 1;
  const last = (high + 1) % block === 0 ? to : to - 1;
  return [
    ...(first > from ? rangesOf(low, first * block - 1, free - 1) : []),
    ...(first <= last ? rangesOf(first * block, (last + 1) * block - 1, 0) : []),
    ...(last < to ? rangesOf((last + 1) * block, high, free - 1) : []),
  ];
}

/** As a character stands in a JSON string: by itself, or with a short escape; control characters without one are left out. */
function writings(set: CharacterSet): ByteRanges[] {
  return set.flatMap(([from, to]) =>
    LENGTHS.flatMap(([least, most]) => {
      const [low, high] = [Math.max(from, least), Math.min(to, most)];
      if (low > high) return [];
      return least === 0 ? inAscii(low, high) : rangesOf(low, high);
    }),
  );
}

function inAscii(low: number, high: number): ByteRanges[] {
  const plain: [number, number][] = [];
  const escaped: ByteRanges[] = [];
  for (let code = low; code <= high; code += 1) {
    const text = inJson(code);
    const last = plain.at(-1);
    if (text.length === 2)
      escaped.push(
        bytesOf(0x5c)
          .concat(text.charCodeAt(1))
          .map((byte) => [byte, byte]),
      );
    else if (text.length === 1 && last?.[1] === code - 1) last[1] = code;
    else if (text.length === 1) plain.push([code, code]);
  }
  return [...plain.map((range) => [range]), ...escaped];
}

/** Of the characters of a set as they stand in a JSON string. Places from which all goes on alike are one. */
export function waysOf(set: CharacterSet): ByteWays {
  const places: ByteWay[][] = [[]];
  const known = new Map<string, number>();
  const placeOf = (ranges: readonly ByteRanges[]): number => {
    if (ranges.length === 0 || ranges.some((range) => range.length === 0)) return 0;
    const byFirst = Map.groupBy(ranges, ([first]) => String(first));
    const ways = [...byFirst.values()].map((group) => {
      const [low, high] = group[0]?.[0] as readonly [number, number];
      return { low, high, to: placeOf(group.map((range) => range.slice(1))) };
    });
    const key = ways.map(({ low, high, to }) => `${String(low)}-${String(high)}>${String(to)}`).join(' ');
    const made = known.get(key) ?? places.push(ways) - 1;
    known.set(key, made);
    return made;
  };
  placeOf(writings(set));
  return places;
}
