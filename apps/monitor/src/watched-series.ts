import { DriftSeries, type DriftPlan, type DriftState, type DriftVerdict } from '@medserve/serving';
import type { MonitorSeriesKey, MonitorSeriesRow } from '@medserve/storage';
import type { Sighting } from './count-event';

export interface JudgedSeries {
  readonly key: MonitorSeriesKey;
  readonly verdict: DriftVerdict;
}

const textOf = ({ model, version, site, scanner, signal }: MonitorSeriesKey): string =>
  JSON.stringify([model, version, site, scanner, signal]);

/** All series by what they are of, as they were committed last. */
export class WatchedSeries {
  private readonly series = new Map<string, { readonly key: MonitorSeriesKey; readonly series: DriftSeries }>();

  constructor(
    private readonly plan: DriftPlan,
    rows: readonly MonitorSeriesRow[],
  ) {
    for (const { model, version, site, scanner, signal, state } of rows) {
      const key = { model, version, site, scanner, signal };
      this.series.set(textOf(key), { key, series: DriftSeries.of(plan, state as DriftState) });
    }
  }

  /** What the series become with what was seen: they are so once they are put back. */
  with(sightings: readonly Sighting[]): ChangedSeries {
    const changed: ChangedSeries = new Map();
    for (const { cell, signal, value } of sightings) {
      const key = { ...cell, signal };
      const text = textOf(key);
      let one = changed.get(text);
      if (one === undefined) {
        one = { key, series: this.series.get(text)?.series.copy() ?? DriftSeries.fresh(this.plan) };
        changed.set(text, one);
      }
      one.series.observe(value);
    }
    return changed;
  }

  put(changed: ChangedSeries): void {
    for (const [text, one] of changed) this.series.set(text, one);
  }

  entries(): { readonly key: MonitorSeriesKey; readonly series: DriftSeries }[] {
    return [...this.series.values()];
  }
}

export type ChangedSeries = Map<string, { readonly key: MonitorSeriesKey; readonly series: DriftSeries }>;
