import { givenOut } from './given-out';
import {
  areEqual,
  bundlePath,
  entriesOf,
  hexOf,
  HinderedError,
  leafHash,
  ProofError,
  TILE_WIDTH,
  tileWidth,
  type ReadFile,
} from './log';
import { openLog, type LogParts, type OpenedLog } from './open-log';
import { StoppedError } from './step';

/** Entries that are checked in one go; more are checked in several. */
export const MOST_ENTRIES = 102_400;
/** Bundles that are on their way at a time. */
const AHEAD = 4;

export interface Range {
  /** Place in the log. */
  readonly first: number;
  /** Itself in it; absent: what is signed, as far as one go reaches. */
  readonly last?: number;
}

export interface RangeProgress {
  readonly checked: number;
  /** Entries that are not given out: deleted by retention, or of the time before the tenant had a log of its own. */
  readonly withheld: number;
  readonly total: number;
}

/** Compares the entries of one bundle with the tile of their hashes. Resolves with how many were given out. */
async function checkBundle(index: number, { tiles }: OpenedLog, read: ReadFile): Promise<number> {
  const place = { level: 0, index };
  const width = tileWidth(tiles.size, place);
  const path = bundlePath(index, width);
  const [expected, bundle] = await Promise.all([tiles.hashes(place), givenOut(read(path))]);
  if (bundle === undefined) return 0;
  const leaves = await Promise.all(entriesOf(bundle, width, path).map(leafHash));
  const at = leaves.findIndex((leaf, number) => !areEqual(leaf, expected[number] ?? new Uint8Array()));
  if (at >= 0) {
    const [told, found] = [hexOf(expected[at] ?? new Uint8Array()), hexOf(leaves[at] ?? new Uint8Array())];
    throw new ProofError({ kind: 'leaf-differs', sequence: index * TILE_WIDTH + at, expected: told, found });
  }
  return width;
}

/**
 * Checks that every entry of the bundles in a range hashes to its tile, and the tiles to the signed root: then nothing in it was
 * changed, taken out or put in between.
 *
 * @param progress is called after each bundle
 * @throws ProofError of the first difference; HinderedError, `no-such-entry` among others; what the source throws
 */
export async function checkRange(
  { first, last }: Range,
  parts: LogParts,
  progress: (now: RangeProgress) => void,
): Promise<void> {
  // Nobody waits for what may never be: the place was typed, by somebody who sees at once that it is none.
  const opened = await openLog(0, parts).catch((error: unknown) => {
    if (error instanceof StoppedError) return undefined;
    throw error;
  });
  if (opened === undefined) return;
  const { size } = opened.tiles;
  const wanted = first < size ? (last ?? first) : first;
  if (wanted >= size) throw new HinderedError('no-such-entry', { wanted, signed: size });
  const begin = Math.floor(first / TILE_WIDTH);
  const end = Math.floor((last ?? Math.min(size, first + MOST_ENTRIES) - 1) / TILE_WIDTH) + 1;
  const total = Math.min(size, end * TILE_WIDTH) - begin * TILE_WIDTH;
  const sum = { checked: 0, withheld: 0 };
  progress({ ...sum, total });
  for (let index = begin; index < end; index += AHEAD) {
    const some = Array.from({ length: Math.min(AHEAD, end - index) }, (_, ahead) => index + ahead);
    const outcomes = await Promise.allSettled(some.map((bundle) => checkBundle(bundle, opened, parts.source.file)));
    for (const [ahead, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') throw outcome.reason;
      const width = tileWidth(size, { level: 0, index: index + ahead });
      sum.checked += outcome.value;
      sum.withheld += width - outcome.value;
      progress({ ...sum, total });
    }
  }
}
