import type { UsageFigures, UsageKey, UsageRow } from '@medserve/storage';

type Figure = keyof UsageFigures;
type Sums = { -readonly [K in Figure]: number };

const NOTHING: UsageFigures = {
  completed: 0,
  failed: 0,
  cancelled: 0,
  refused: 0,
  cpuSeconds: 0,
  queueSeconds: 0,
  inputBytes: 0,
  costUnits: 0,
};

const HOUR_MS = 3_600_000;
/** Sums that are kept at once; beyond, departments and sites that are new are put together as `other`. */
const ROWS = 10_000;

interface Row {
  readonly key: UsageKey;
  readonly sums: Sums;
  isNew: boolean;
}

/** The sums of this gateway since it started, hour by hour, until an hour is over and written. */
export class UsageSums {
  private readonly rows = new Map<string, Row>();

  constructor(private readonly limit = ROWS) {}

  add(key: Omit<UsageKey, 'hourMs'>, nowMs: number, figures: Partial<UsageFigures>): void {
    const { sums } = this.row({ ...key, hourMs: Math.floor(nowMs / HOUR_MS) * HOUR_MS });
    for (const [name, value] of Object.entries(figures) as [Figure, number][]) sums[name] += value;
  }

  /** What has changed since it was last written. @returns the rows, and how to say that they are written */
  changed(nowMs: number): { readonly rows: readonly UsageRow[]; readonly written: () => void } {
    const fresh = [...this.rows.values()].filter(({ isNew }) => isNew);
    for (const row of fresh) row.isNew = false;
    return {
      rows: fresh.map(({ key, sums }) => ({ ...key, ...sums })),
      written: () => {
        for (const [name, { key, isNew }] of this.rows) {
          if (!isNew && key.hourMs + HOUR_MS <= nowMs) this.rows.delete(name);
        }
      },
    };
  }

  /** What was to be written and was not is written next time. */
  failed(rows: readonly UsageRow[]): void {
    for (const row of rows) {
      const known = this.rows.get(nameOf(row));
      if (known !== undefined) known.isNew = true;
    }
  }

  private row(wanted: UsageKey): Row {
    const name = nameOf(wanted);
    const known = this.rows.get(name);
    if (known !== undefined) {
      known.isNew = true;
      return known;
    }
    const isOther = wanted.department === 'other' && wanted.site === 'other';
    if (this.rows.size >= this.limit && !isOther) return this.row({ ...wanted, department: 'other', site: 'other' });
    const row = { key: wanted, sums: { ...NOTHING }, isNew: true };
    this.rows.set(name, row);
    return row;
  }
}

const nameOf = ({ tenant, hourMs, model, site, department, class: urgency }: UsageKey): string =>
  [tenant, hourMs, model, site, department, urgency].join('\u0000');
