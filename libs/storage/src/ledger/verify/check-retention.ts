import { decodeEvent } from '@medserve/events';
import type { Queryable } from '../../database/database';
import { rangesOf, type IndexRange, type SealedRanges } from '../retention/sealed-ranges';
import { sealedRoot } from '../retention/sealed-root';
import { DAY_MS, KEEP_YEARS, monthBounds, SEALED_WITHIN_DAYS } from '../retention/months';
import type { Findings } from './problem';

/** Entries that are not there. */
export type Gap = { -readonly [Side in keyof IndexRange]: number };

export const isOfRetention = (event: string): boolean => event === 'retention_sealed' || event === 'retention_deleted';

interface Deletion extends SealedRanges {
  readonly index: number;
}

/** Entries of several machines follow each other; their clocks may be so far apart. */
const CLOCKS_APART_MS = DAY_MS;

/** NaN where it is no event, which is told of for itself. */
function timeOf(leaf: Buffer): number {
  try {
    return Date.parse(decodeEvent(leaf).at);
  } catch {
    return NaN;
  }
}

const yearsAfter = (time: Date, years: number): Date => {
  const then = new Date(time);
  then.setUTCFullYear(then.getUTCFullYear() + years);
  return then;
};

/** The ids of a month are only as right as the clock of their maker, so the seal has to be old as well. */
function earliestDeletion({ month, at }: SealedRanges): Date {
  const byMonth = yearsAfter(monthBounds(month).end, KEEP_YEARS);
  const bySeal = new Date(yearsAfter(at, KEEP_YEARS).getTime() - SEALED_WITHIN_DAYS * DAY_MS);
  return byMonth > bySeal ? byMonth : bySeal;
}

/**
 * Whether what is not there was deleted by the rules: the log itself says, in an entry after the one that sealed them, which
 * entries went, and that they had been kept as long as anybody has to. The hashes that stay in the tiles lead to the root that
 * both entries name.
 */
export class RetentionCheck {
  private readonly seals = new Map<string, SealedRanges>();
  private readonly deletions: Deletion[] = [];
  private readonly wrong: { index: number; detail: string }[] = [];

  constructor(
    private readonly client: Queryable,
    private readonly tenant: string,
  ) {}

  /** @param before the entry in front of it, where it is there */
  take(index: number, leaf: Buffer, before?: Buffer): void {
    const said = rangesOf(leaf);
    if (said === undefined) this.wrong.push({ index, detail: 'An entry about retention cannot be read.' });
    else if (said.isSeal) this.takeSeal(index, said, before);
    else this.takeDeletion(index, said);
  }

  /** A seal that says that it is older than it is would let its entries go too early. */
  private takeSeal(index: number, said: SealedRanges, before: Buffer | undefined): void {
    this.seals.set(said.seal, said);
    if (before !== undefined && said.at.getTime() < timeOf(before) - CLOCKS_APART_MS)
      this.wrong.push({ index, detail: 'A seal says that it is older than what is in front of it.' });
  }

  private takeDeletion(index: number, said: SealedRanges): void {
    const seal = this.seals.get(said.seal);
    const isOfSeal =
      seal?.month === said.month &&
      seal.root === said.root &&
      JSON.stringify(seal.ranges) === JSON.stringify(said.ranges);
    if (!isOfSeal) this.wrong.push({ index, detail: 'A deletion is of entries that were not sealed.' });
    else if (said.at < earliestDeletion(seal)) this.wrong.push({ index, detail: 'A deletion came before its time.' });
    else this.deletions.push({ ...said, index });
  }

  /** Months of which the log says that they went. */
  get months(): string[] {
    return [...new Set(this.deletions.map(({ month }) => month))];
  }

  /** Whether the log says of some of these entries, the last exclusive, that they went. */
  hasDeleted(from: number, until: number): boolean {
    return this.deletions.some(({ ranges }) => ranges.some(({ begin, end }) => begin < until && from < end));
  }

  /** Entries that are gone by the rules. */
  deleted = 0;

  async finish(gaps: readonly Gap[], findings: Findings): Promise<void> {
    for (const { index, detail } of this.wrong) findings.note({ kind: 'retention', index, detail });
    const allowed = this.deletions.flatMap(({ ranges }) => ranges).sort((one, other) => one.begin - other.begin);
    for (const gap of gaps) {
      let from = gap.begin;
      for (const { begin, end } of allowed) if (begin <= from && from < end) from = Math.min(end, gap.end);
      this.deleted += from - gap.begin;
      if (from < gap.end) findings.note({ kind: 'entry', index: from, detail: 'The entry is missing.' });
    }
    for (const sealed of this.seals.values()) await this.compare(sealed, findings);
  }

  private async compare({ ranges, root }: SealedRanges, findings: Findings): Promise<void> {
    if ((await sealedRoot(this.client, this.tenant, ranges)) === root) return;
    const index = ranges[0]?.begin ?? 0;
    findings.note({ kind: 'retention', index, detail: 'Sealed entries are not the ones that were sealed.' });
  }
}
