import {
  calibrate,
  DRIFT_PLAN,
  DriftSeries,
  type Calibration,
  type DriftState,
  type DriftVerdict,
} from '@medserve/serving';
import type { JudgedBin, MonitorSeriesRow, MonitorStore, MonitorTotal } from '@medserve/storage';

export interface SignalDrift {
  readonly site: string;
  readonly scanner: string;
  readonly signal: string;
  /** Answers of the reference, so far; of the window. */
  readonly referenceSamples: number;
  readonly windowSamples: number;
  /** As the monitor judged it last; null before there was enough. */
  readonly verdict: DriftVerdict | null;
  /** Of the window and the reference, the counts in the same classes; absent as long as the reference is learnt. */
  readonly counts?: { readonly reference: readonly number[]; readonly window: readonly number[] };
}

/** How often a model held back, and how often people took another view, where its images came from one place. */
export interface PlaceRates {
  readonly site: string;
  readonly scanner: string;
  readonly answered: number;
  readonly abstained: number;
  readonly attested: number;
  readonly overridden: number;
}

export interface ModelDrift {
  readonly model: string;
  readonly version: string;
  readonly signals: readonly SignalDrift[];
  readonly places: readonly PlaceRates[];
  readonly calibration: readonly (Calibration & { readonly site: string })[];
}

const KEPT_PLACES = 'places';

/** What the monitor knows, by version of a model. */
export async function readDrift(store: Pick<MonitorStore, 'series' | 'totals' | 'judged'>): Promise<ModelDrift[]> {
  const [series, totals, judged] = await Promise.all([store.series(), store.totals(), store.judged()]);
  const places = totals.filter(({ name }) => name === KEPT_PLACES);
  const models = new Map<string, { readonly model: string; readonly version: string }>();
  for (const { model, version } of series) models.set(JSON.stringify([model, version]), { model, version });
  for (const { labels } of places) {
    const { model = '', version = '' } = labels;
    models.set(JSON.stringify([model, version]), { model, version });
  }
  return [...models.entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { model, version }]) => {
      const isOwn = (row: { readonly model?: string; readonly version?: string }): boolean =>
        row.model === model && row.version === version;
      return {
        model,
        version,
        signals: series.filter(isOwn).map(signalOf),
        places: ratesOf(places.filter(({ labels }) => isOwn(labels))),
        calibration: calibrationOf(judged.filter(isOwn)),
      };
    });
}

function signalOf({ site, scanner, signal, state, verdict }: MonitorSeriesRow): SignalDrift {
  // The verdict is the monitor's: a plan is only needed to count what there is.
  const series = DriftSeries.of({ ...DRIFT_PLAN, leastSamples: 1 }, state as DriftState);
  const counts = series.samples();
  return {
    site,
    scanner,
    signal,
    referenceSamples: series.referenceSamples,
    windowSamples: series.windowSamples,
    verdict: verdict as DriftVerdict | null,
    ...(counts === undefined ? {} : { counts }),
  };
}

function ratesOf(totals: readonly MonitorTotal[]): PlaceRates[] {
  const rates = new Map<string, Record<string, string | number>>();
  for (const { labels, value } of totals) {
    const { site = '', scanner = '', what = '' } = labels;
    const key = JSON.stringify([site, scanner]);
    const place = rates.get(key) ?? { site, scanner, answered: 0, abstained: 0, attested: 0, overridden: 0 };
    rates.set(key, { ...place, [what]: value });
  }
  return [...rates.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, place]) => place as never);
}

function calibrationOf(judged: readonly JudgedBin[]): ModelDrift['calibration'] {
  const sites = [...new Set(judged.map(({ site }) => site))];
  return sites.flatMap((site) => {
    const found = calibrate(judged.filter((bin) => bin.site === site));
    return found === undefined ? [] : [{ site, ...found }];
  });
}
