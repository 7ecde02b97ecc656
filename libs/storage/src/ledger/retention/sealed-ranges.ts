import { decodeEvent, isRecordEvent, type ActivityEvent } from '@medserve/events';
import { monthBounds } from './months';

export interface IndexRange {
  readonly begin: number;
  /** Exclusive. */
  readonly end: number;
}

/** Entries of one log and month, and the root of a tree over their hashes alone, in their order. */
export interface SealedRanges {
  readonly isSeal: boolean;
  /** Id of the entry that sealed them. */
  readonly seal: string;
  readonly month: string;
  /** When it was sealed or deleted, as the entry says. */
  readonly at: Date;
  readonly ranges: readonly IndexRange[];
  /** Hex. */
  readonly root: string;
}

/** As many ranges fit into one entry; a month whose entries lie in more is sealed by several. */
export const RANGES_AN_ENTRY = 16;

type Facts = NonNullable<ActivityEvent['facts']>;

/** How a seal is written into the log; the deletion that follows says the same, and which seal it means. */
export function factsOf({ month, ranges, root }: Omit<SealedRanges, 'isSeal' | 'seal' | 'at'>): Facts {
  const facts: Facts = { month, root, entries: ranges.reduce((sum, { begin, end }) => sum + end - begin, 0) };
  for (const [at, { begin, end }] of ranges.entries()) facts[`range${String(at)}`] = `${String(begin)}-${String(end)}`;
  return facts;
}

/** @returns undefined where the entry does not say what such an entry has to say */
export function rangesOf(leaf: Buffer): SealedRanges | undefined {
  try {
    const event = decodeEvent(leaf);
    if (isRecordEvent(event) || event.facts === undefined) return undefined;
    const { month, root, entries, seal = event.id } = event.facts;
    const ranges: IndexRange[] = [];
    for (let at = 0; event.facts[`range${String(at)}`] !== undefined; at += 1) {
      const [begin, end] = String(event.facts[`range${String(at)}`])
        .split('-')
        .map(Number);
      if (begin === undefined || end === undefined || !(begin < end)) return undefined;
      ranges.push({ begin, end });
    }
    const counted = ranges.reduce((sum, { begin, end }) => sum + end - begin, 0);
    if (typeof month !== 'string' || typeof root !== 'string' || typeof seal !== 'string' || counted !== entries)
      return undefined;
    monthBounds(month);
    return { isSeal: event.event === 'retention_sealed', seal, month, at: new Date(event.at), ranges, root };
  } catch {
    return undefined;
  }
}
