import { nodeHash } from './hashing';

const isOdd = (value: number): boolean => value % 2 === 1;
const halved = (value: number): number => Math.floor(value / 2);

/** RFC 9162, 2.1.3.2: does `path` lead from the entry at `index` to the root of a log of `size` entries? */
export function provesInclusion(
  leaf: Buffer,
  index: number,
  size: number,
  path: readonly Buffer[],
  root: Buffer,
): boolean {
  if (index < 0 || index >= size) return false;
  let [fn, sn, value] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      value = nodeHash(sibling, value);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [halved(fn), halved(sn)];
    } else {
      value = nodeHash(value, sibling);
    }
    [fn, sn] = [halved(fn), halved(sn)];
  }
  return sn === 0 && value.equals(root);
}

export interface SizedRoot {
  readonly size: number;
  readonly root: Buffer;
}

/** RFC 9162, 2.1.4.2: does `path` show that the newer log begins with the older one, unchanged? */
export function provesConsistency(older: SizedRoot, newer: SizedRoot, path: readonly Buffer[]): boolean {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return path.length === 0 && older.root.equals(newer.root);
  if (older.size === 0) return path.length === 0;
  let [fn, sn] = [older.size - 1, newer.size - 1];
  while (isOdd(fn)) [fn, sn] = [halved(fn), halved(sn)];
  const [first, ...rest] = fn === 0 ? [older.root, ...path] : path;
  if (first === undefined) return false;
  let [fr, sr] = [first, first];
  for (const part of rest) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      fr = nodeHash(part, fr);
      sr = nodeHash(part, sr);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [halved(fn), halved(sn)];
    } else {
      sr = nodeHash(sr, part);
    }
    [fn, sn] = [halved(fn), halved(sn)];
  }
  return sn === 0 && fr.equals(older.root) && sr.equals(newer.root);
}
