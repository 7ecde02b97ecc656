import type { Window } from '@medserve/clinical';
import type { DataSet } from './data-set';
import { readLookupTable } from './lookup-table';
import { TAG } from './tags';

/** At its two ends a table is flat, or nearly so; what lies between is what it shows. */
const FLAT = 0.02;

/**
 * The window that comes nearest to a table for display (PS3.3 C.11.2, VOI LUT): from where it leaves its darkest to where it comes to
 * its brightest. A table that grows dark is taken as none, since a window cannot say that; so is one that is not whole, since an image
 * can be shown without.
 *
 * @param groups the data sets that may hold it, the most specific first
 * @param signed whether the values that it takes may be negative
 */
export function windowOfVoiLut(groups: readonly DataSet[], signed: boolean): Window | undefined {
  const item = groups.map((group) => group.items(TAG.voiLutSequence)[0]).find((found) => found !== undefined);
  const table = item && readLookupTable(item, signed);
  if (table === undefined) return undefined;
  const { first, entries } = table;
  const [dark, bright] = [entries[0] as number, entries.at(-1) as number];
  if (bright <= dark) return undefined;
  const margin = FLAT * (bright - dark);
  const low = entries.findIndex((entry) => entry > dark + margin);
  const high = entries.findIndex((entry) => entry >= bright - margin);
  // The linear function is 0 at centre - 0.5 - (width - 1) / 2 and full as far above (C.11.2.1.2.1).
  return { centre: first + (low + high) / 2 + 0.5, width: Math.max(1, high - low + 1) };
}
